import { isFailureType, FAILURES } from '../contract/failures';
import type { Operation } from '../contract/schemas/operation-schema';
import type { OperationStatus } from '../contract/states';
import { STEP_LABELS, STEP_NEEDS, STEPS, type Step, type StepState } from '../contract/steps';
import type { Queryable } from './database';

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
}

/**
 * The ten steps in their order. At its end the run's own report says how they stand; before that the attempts of its activities do. They
 * are best-effort telemetry, so a step that a later one rests on counts as done even when no word of it arrived.
 */
export function viewSteps({ status, reported }: StepKnowledge, attempts: RecordedAttempt[]): StepView[] {
  const of = (step: Step): RecordedAttempt[] => attempts.filter((attempt) => attempt.step === step);
  const begun = new Set(STEPS.filter((step) => of(step).some(isForward)));
  const restedOn = new Set([...begun].flatMap(everythingBefore));
  return STEPS.map((id) => {
    const own = of(id);
    const state =
      reported?.find((step) => step.id === id)?.state ??
      (restedOn.has(id) && !own.some((attempt) => !isForward(attempt)) ? 'done' : stateFrom(own, status));
    return { id, label: STEP_LABELS[id], state, ...measure(own, state) };
  });
}

const isForward = ({ direction }: RecordedAttempt): boolean => direction === 'forward';

function everythingBefore(step: Step): Step[] {
  return STEP_NEEDS[step].flatMap((needed) => [needed, ...everythingBefore(needed)]);
}

function stateFrom(attempts: RecordedAttempt[], status: OperationStatus): StepState {
  const undoing = latestOfEach(attempts.filter((attempt) => !isForward(attempt)));
  if (undoing.length > 0) return undoing.every(succeeded) ? 'compensated' : 'compensating';
  const forward = latestOfEach(attempts.filter(isForward));
  if (forward.length === 0) return 'pending';
  if (forward.every(succeeded)) return 'done';
  // An attempt that failed is tried again, until the run has turned round.
  const goesForward = !['compensating', 'needs_operator', 'failed', 'rejected', 'cancelled'].includes(status);
  return goesForward ? 'running' : 'failed';
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
