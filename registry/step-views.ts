import { isFailureType, FAILURES } from '../contract/failures';
import type { Operation } from '../contract/schemas/operation-schema';
import type { OperationStatus } from '../contract/states';
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
  const of = (step: Step): RecordedAttempt[] => attempts.filter((attempt) => attempt.step === step);
  const begun = new Set(STEPS.filter((step) => of(step).some(isForward)));
  const restedOn = new Set([...begun].flatMap(everythingBefore));
  return STEPS.map((id) => {
    const own = of(id);
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

function everythingBefore(step: Step): Step[] {
  return STEP_NEEDS[step].flatMap((needed) => [needed, ...everythingBefore(needed)]);
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
