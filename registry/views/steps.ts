import { isFailureType, FAILURES } from '../../contract/operations/failures';
import type { Operation } from '../../contract/schemas/operation-schema';
import type { OperationStatus } from '../../contract/operations/states';
import { stepRule, stepsOf, type OperationKind } from '../../contract/operations/kinds';
import type { Step, StepState } from '../../contract/operations/steps';
import type { Queryable } from '../database';
import { groupBy } from '../group-by';

/** The state of a step, as the API shows it. */
export type StepView = Operation['steps'][number];

/** A recorded attempt of an activity. */
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
  /** When a failed attempt is repeated; null if it is not. */
  nextTry: Date | null;
}

const ATTEMPT_COLUMNS = `operation_id as "operationId", activity_id as "activityId", attempt, step, direction, started_at as "startedAt",
  ended_at as "endedAt", error_type as "errorType", error_message as "errorMessage", next_try as "nextTry"`;

/** Every recorded attempt of these operations, oldest first. */
export async function listAttempts(db: Queryable, operationIds: string[]): Promise<RecordedAttempt[]> {
  const { rows } = await db.query<RecordedAttempt>(
    `select ${ATTEMPT_COLUMNS} from step_event where operation_id = any($1) order by started_at, attempt`,
    [operationIds],
  );
  return rows;
}

/** The newest recorded attempts of an operation, oldest first. */
export async function listNewestAttempts(
  db: Queryable,
  operationId: string,
  limit: number,
): Promise<RecordedAttempt[]> {
  const { rows } = await db.query<RecordedAttempt>(
    `select * from (select ${ATTEMPT_COLUMNS} from step_event where operation_id = $1
       order by started_at desc, attempt desc limit $2) as newest
     order by "startedAt", attempt`,
    [operationId, limit],
  );
  return rows;
}

/** What is known about an operation's steps besides their attempts. */
export interface StepKnowledge {
  kind: OperationKind;
  status: OperationStatus;
  /** As the run reported them at its end, and at the pivot of a removal; null until then. */
  reported: { id: Step; state: StepState }[] | null;
  skipped: readonly { step: Step; reason: string }[];
  /** When an operator last had failed steps retried. Attempts that failed before then no longer count. */
  retriedAt: Date | null;
}

/**
 * The steps of the operation in order. The run's own report decides the states of those that had begun when it was made; for all others, the
 * attempts of its activities do.
 * Attempts are best-effort telemetry, so a step counts as done once a step that depends on it has begun, even if its own attempts were
 * never recorded.
 */
export function viewSteps(knowledge: StepKnowledge, attempts: RecordedAttempt[]): StepView[] {
  const { kind, reported, skipped } = knowledge;
  const steps = stepsOf(kind);
  const byStep = groupBy(attempts, ({ step }) => step);
  const begun = steps.filter((step) => byStep.get(step)?.some(isForward));
  const prerequisites = new Set(begun.flatMap((step) => [...everythingBefore(kind, step)]));
  // Nothing is attempted while a removal waits, or its attempts only ask whether it must still wait.
  const waiting = knowledge.status === 'grace' ? (begun.includes('legal-hold') ? 'legal-hold' : 'grace') : undefined;
  return steps.map((id) => {
    const own = byStep.get(id) ?? [];
    const skip = skipped.find(({ step }) => step === id);
    const state =
      reported?.find((step) => step.id === id && step.state !== 'pending')?.state ??
      (skip && 'skipped') ??
      (id === waiting ? 'running' : undefined) ??
      (prerequisites.has(id) && !own.some((attempt) => !isForward(attempt)) ? 'done' : stateFrom(own, knowledge));
    const why = skip && state === 'skipped' ? { reason: skip.reason } : {};
    return { id, label: stepRule(kind, id).label, state, ...measure(own, state), ...why };
  });
}

const isForward = ({ direction }: RecordedAttempt): boolean => direction === 'forward';

function everythingBefore(kind: OperationKind, step: Step): Set<Step> {
  return new Set(stepRule(kind, step).needs.flatMap((needed) => [needed, ...everythingBefore(kind, needed)]));
}

function stateFrom(attempts: RecordedAttempt[], { status, retriedAt }: StepKnowledge): StepState {
  const undone = latestOfEach(attempts.filter((attempt) => !isForward(attempt)));
  if (undone.length > 0) return allSucceeded(sinceRetry(undone, retriedAt)) ? 'compensated' : 'compensating';
  const done = latestOfEach(attempts.filter(isForward));
  if (done.length === 0) return 'pending';
  if (allSucceeded(sinceRetry(done, retriedAt))) return 'done';
  // A failed attempt is retried until the run is on hold or compensates.
  return [
    'pending',
    'validating',
    'awaiting_approval',
    'provisioning',
    'running',
    'grace',
    'removing',
    'active',
  ].includes(status)
    ? 'running'
    : 'failed';
}

/** After an operator's retry, a step that had failed is judged only by its new attempts, of which there may be none yet. */
function sinceRetry(attempts: RecordedAttempt[], retriedAt: Date | null): RecordedAttempt[] {
  if (retriedAt === null) return attempts;
  const isOld = ({ startedAt }: RecordedAttempt): boolean => startedAt < retriedAt;
  const wasRetried = attempts.some((attempt) => isOld(attempt) && !succeeded(attempt));
  return wasRetried ? attempts.filter((attempt) => !isOld(attempt)) : attempts;
}

/** The latest attempt of each activity: an earlier attempt without an end belonged to a worker that died. */
function latestOfEach(attempts: RecordedAttempt[]): RecordedAttempt[] {
  return [...new Map(attempts.map((attempt) => [attempt.activityId, attempt])).values()];
}

/** The highest number of attempts that any one activity of a step has needed. */
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
    ...(open ? nextTryOf(attempts) : {}),
  };
}

/** The last of the attempts that are planned. */
function nextTryOf(attempts: RecordedAttempt[]): { nextTry?: string } {
  const planned = latestOfEach(attempts).flatMap(({ nextTry }) => (nextTry ? [nextTry.getTime()] : []));
  return planned.length === 0 ? {} : { nextTry: new Date(Math.max(...planned)).toISOString() };
}

function describe({ errorType, errorMessage }: RecordedAttempt): { type: string; message: string } {
  const type = isFailureType(errorType) ? errorType : 'InternalError';
  return { type, message: errorMessage ?? FAILURES[type].title };
}
