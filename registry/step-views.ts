import { LRUCache } from 'lru-cache';
import { isFailureType, FAILURES } from '../contract/failures';
import type { Operation } from '../contract/schemas/operation-schema';
import { STATE_TABLE, type OperationStatus } from '../contract/states';
import { STEP_LABELS, STEP_NEEDS, STEPS, type Step, type StepState } from '../contract/steps';
import type { Queryable } from './database';
import type { SkippedStep } from './resolutions';

/** Where one of the ten steps stands, as the API tells it. */
export type StepView = Operation['steps'][number];

/** One attempt of one activity, as it was recorded. */
export interface RecordedAttempt {
  operationId: string;
  activityId: string;
  attempt: number;
  step: Step;
  direction: 'forward' | 'compensation';
  startedAt: Date;
  endedAt: Date | null;
  errorType: string | null;
  errorMessage: string | null;
}

/** Every recorded attempt of these operations, oldest first. */
export async function listAttempts(db: Queryable, operationIds: string[]): Promise<RecordedAttempt[]> {
  const { rows } = await db.query<RecordedAttempt>(
    `select operation_id as "operationId", activity_id as "activityId", attempt, step, direction, started_at as "startedAt",
       ended_at as "endedAt", error_type as "errorType", error_message as "errorMessage"
     from step_event where operation_id = any($1) order by started_at, attempt`,
    [operationIds],
  );
  return rows;
}

/** An operation whose steps are to be shown. */
export interface SteppedOperation extends StepKnowledge {
  operationId: string;
  completedAt: Date | null;
}

/** An operation that ended this many milliseconds ago no longer changes: the telemetry of its last attempts has arrived. */
const SETTLED_MS = 30_000;

/** The steps of ended operations, which never change again; about 12 MB when full. */
const settled = new LRUCache<string, StepView[]>({ max: 5_000 });

/** The ten steps of each operation, by operation id. Attempts are read in one statement, and only for operations that may still change. */
export async function readStepsOf(db: Queryable, operations: SteppedOperation[]): Promise<Map<string, StepView[]>> {
  const unknown = operations.filter(({ operationId }) => !settled.has(operationId));
  const attempts =
    unknown.length === 0
      ? []
      : await listAttempts(
          db,
          unknown.map(({ operationId }) => operationId),
        );
  const byOperation = groupBy(attempts, ({ operationId }) => operationId);
  return new Map(
    operations.map((operation) => {
      const { operationId } = operation;
      const remembered = settled.get(operationId);
      if (remembered) return [operationId, remembered];
      const steps = viewSteps(operation, byOperation.get(operationId) ?? []);
      if (isSettled(operation)) settled.set(operationId, steps);
      return [operationId, steps];
    }),
  );
}

function isSettled({ status, completedAt }: SteppedOperation): boolean {
  return STATE_TABLE[status].end && completedAt !== null && completedAt.getTime() < Date.now() - SETTLED_MS;
}

/** What is known of an operation's steps beside the attempts. */
export interface StepKnowledge {
  status: OperationStatus;
  /** As the run reported them at its end; until then null. */
  reported: { id: Step; state: StepState }[] | null;
  skipped: SkippedStep[];
  /** When an operator last had what failed tried again: attempts that failed before are history. */
  retriedAt: Date | null;
}

/**
 * The ten steps in their order. At its end the run's own report says how they stand; before that the attempts of its activities do. They
 * are best-effort telemetry, so a step that a later one rests on counts as done even when no word of it arrived.
 */
export function viewSteps(knowledge: StepKnowledge, attempts: RecordedAttempt[]): StepView[] {
  const { reported, skipped } = knowledge;
  const byStep = groupBy(attempts, ({ step }) => step);
  const begun = STEPS.filter((step) => byStep.get(step)?.some(isForward));
  const restedOn = new Set(begun.flatMap((step) => EVERYTHING_BEFORE[step]));
  return STEPS.map((id) => {
    const own = byStep.get(id) ?? [];
    const leftOut = skipped.find(({ step }) => step === id);
    const state =
      reported?.find((step) => step.id === id)?.state ??
      (leftOut && 'skipped') ??
      (restedOn.has(id) && !own.some((attempt) => !isForward(attempt)) ? 'done' : stateFrom(own, knowledge));
    const why = leftOut && state === 'skipped' ? { reason: leftOut.reason } : {};
    return { id, label: STEP_LABELS[id], state, ...measure(own, state), ...why };
  });
}

const isForward = ({ direction }: RecordedAttempt): boolean => direction === 'forward';

const EVERYTHING_BEFORE = Object.fromEntries(STEPS.map((step) => [step, [...everythingBefore(step)]])) as Record<
  Step,
  Step[]
>;

function everythingBefore(step: Step): Set<Step> {
  return new Set(STEP_NEEDS[step].flatMap((needed) => [needed, ...everythingBefore(needed)]));
}

function groupBy<Key, Value>(values: Value[], keyOf: (value: Value) => Key): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group) group.push(value);
    else groups.set(keyOf(value), [value]);
  }
  return groups;
}

function stateFrom(attempts: RecordedAttempt[], { status, retriedAt }: StepKnowledge): StepState {
  const undone = latestOfEach(attempts.filter((attempt) => !isForward(attempt)));
  if (undone.length > 0) return allSucceeded(sinceRetry(undone, retriedAt)) ? 'compensated' : 'compensating';
  const done = latestOfEach(attempts.filter(isForward));
  if (done.length === 0) return 'pending';
  if (allSucceeded(sinceRetry(done, retriedAt))) return 'done';
  // An attempt that failed is tried again, until the run holds or has turned round.
  return ['pending', 'validating', 'awaiting_approval', 'provisioning', 'active'].includes(status)
    ? 'running'
    : 'failed';
}

/** A step that failed and was tried again by an operator's word stands as its new attempts do, of which there may be none yet. */
function sinceRetry(attempts: RecordedAttempt[], retriedAt: Date | null): RecordedAttempt[] {
  if (retriedAt === null) return attempts;
  const isOld = ({ startedAt }: RecordedAttempt): boolean => startedAt < retriedAt;
  const wasRetried = attempts.some((attempt) => isOld(attempt) && !succeeded(attempt));
  return wasRetried ? attempts.filter((attempt) => !isOld(attempt)) : attempts;
}

/** Of each activity its latest attempt: an earlier one without an end belonged to a worker that died. */
function latestOfEach(attempts: RecordedAttempt[]): RecordedAttempt[] {
  return [...new Map(attempts.map((attempt) => [attempt.activityId, attempt])).values()];
}

/** Of a step with several activities, how often the one that needed most was tried. */
function mostAttempts(attempts: RecordedAttempt[]): number {
  const counts = new Map<string, number>();
  for (const { activityId } of attempts) counts.set(activityId, (counts.get(activityId) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

function allSucceeded(attempts: RecordedAttempt[]): boolean {
  return attempts.length > 0 && attempts.every(succeeded);
}

function succeeded({ endedAt, errorType }: RecordedAttempt): boolean {
  return endedAt !== null && errorType === null;
}

function measure(attempts: RecordedAttempt[], state: StepState): Omit<StepView, 'id' | 'label' | 'state'> {
  const first = attempts[0];
  const ends = attempts.flatMap(({ endedAt }) => (endedAt ? [endedAt.getTime()] : []));
  const open = state === 'running' || state === 'compensating';
  const error = attempts.findLast(({ errorType }) => errorType !== null);
  return {
    ...(first ? { startedAt: first.startedAt.toISOString() } : {}),
    ...(ends.length > 0 && !open ? { endedAt: new Date(Math.max(...ends)).toISOString() } : {}),
    attempts: mostAttempts(attempts.filter(isForward)),
    ...(error ? { error: describe(error) } : {}),
  };
}

function describe({ errorType, errorMessage }: RecordedAttempt): { type: string; message: string } {
  const type = isFailureType(errorType) ? errorType : 'InternalError';
  return { type, message: errorMessage ?? FAILURES[type].title };
}
