import { CancelledFailure, CompleteAsyncError, type Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor, ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Patience } from '../contract/operations/messages';
import type { StepEvent } from '../registry/operations/step-events';
import { toActivityFailure } from '../providers/port/failures';
import type { StepInput } from '../activities/operations/interface';
import type { MeasureAttempt } from './metrics/attempts';
import { withJitter } from './jitter';
import { standingOf, weigh, type Standing } from './patience';

/** Well below the workflow's heartbeat time-out of 20 s, so that one lost heartbeat does not count as a lost worker. */
export const HEARTBEAT_MS = 5_000;

/**
 * Wraps every activity:
 * - It sends heartbeats, so that a dead worker is noticed and a cancelled activity learns of its cancellation.
 * - It records step telemetry, best effort and without waiting for it, and measures the attempt.
 * - A cancelled activity ends as cancelled, whatever error its clients made of the abort.
 * - Every failure becomes one of the catalogue.
 * - A failure that exhausts the step's patience is not retried; any other retry is delayed with jitter.
 */
export function activityInterceptor(
  record: RecordStep,
  measure: MeasureAttempt = () => () => {},
): ActivityInterceptorsFactory {
  return (context: Context) => ({ inbound: inbound(record, measure, context) });
}

/** Records the telemetry of an attempt. */
type RecordStep = (event: StepEvent) => Promise<void>;

function inbound(record: RecordStep, measure: MeasureAttempt, context: Context): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      const { info } = context;
      const step = input.args[0] as Partial<StepInput> | undefined;
      const event = stepEventOf(context, step);
      note(record, event);
      const measured = measure(info, event);
      const standing = standingOf(info.heartbeatDetails);
      const heartbeats = setInterval(() => context.heartbeat(standing), HEARTBEAT_MS);
      try {
        const result = await next(input);
        note(record, event && { ...event, endedAt: new Date() });
        measured('ok');
        return result;
      } catch (error) {
        // Not a failure: the activity is completed asynchronously, from outside the worker.
        if (error instanceof CompleteAsyncError) throw error;
        const known = toActivityFailure(error, `activity ${info.activityType}`);
        if (known !== error) context.log.warn('An activity failed', { error });
        const judged = judge(context, step?.patience, standing, known);
        measured(judged.thrown instanceof CancelledFailure ? 'cancelled' : 'failed');
        note(record, event && { ...event, endedAt: new Date(), ...describe(known), ...nextTryOf(judged.thrown, info) });
        if (judged.standing) {
          clearInterval(heartbeats);
          context.heartbeat(judged.standing);
        }
        throw judged.thrown;
      } finally {
        clearInterval(heartbeats);
      }
    },
  };
}

/** What an activity that has failed throws, and the standing that its next attempt begins with. */
function judge(
  { info, cancellationSignal }: Context,
  patience: Patience | undefined,
  standing: Standing,
  known: Error,
): { thrown: unknown; standing?: Standing } {
  if (cancellationSignal.aborted && !(known instanceof CancelledFailure))
    return { thrown: new CancelledFailure('The activity was cancelled while it waited for a provider.') };
  if (!patience || !(known instanceof ApplicationFailure) || known.nonRetryable === true)
    return { thrown: withJitter(known, info) };
  // Uses the server's clock, because the attempts may run on several workers.
  const weighed = weigh(standing, known.type, patience, info.currentAttemptScheduledTimestampMs);
  return weighed.over ? { thrown: asLast(known) } : { thrown: withJitter(known, info), standing: weighed.standing };
}

/** When Temporal starts the next attempt, unless a time-out of the workflow comes first. Empty if it starts none. */
function nextTryOf(thrown: unknown, { attempt, retryPolicy }: Context['info']): Pick<StepEvent, 'nextTry'> {
  if (!retryPolicy || attempt === retryPolicy.maximumAttempts) return {};
  if (!(thrown instanceof ApplicationFailure) || thrown.nonRetryable === true) return {};
  const delay: unknown = thrown.nextRetryDelay;
  return typeof delay === 'number' ? { nextTry: new Date(Date.now() + delay) } : {};
}

/** The same failure, marked as not retryable. */
function asLast({ message, type, details, cause }: ApplicationFailure): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: type ?? 'InternalError',
    nonRetryable: true,
    ...(details ? { details } : {}),
    ...(cause ? { cause } : {}),
  });
}

function stepEventOf({ info }: Context, { operationId, step }: Partial<StepInput> = {}): StepEvent | undefined {
  if (operationId === undefined || step === undefined) return undefined;
  return {
    operationId,
    step,
    // Each run numbers its activities from 1, and an operation has another run when one is lost or continues as a new one.
    activityId: `${info.workflowExecution?.runId ?? ''}/${info.activityId}`,
    attempt: info.attempt,
    direction: info.activityType === 'compensateStep' ? 'compensation' : 'forward',
    startedAt: new Date(),
  };
}

/** Ignores failures, because telemetry must never affect an activity. The end of the run writes the final states. */
function note(record: RecordStep, event: StepEvent | undefined): void {
  if (event) void record(event).catch(() => {});
}

function describe(error: Error): Pick<StepEvent, 'errorType' | 'errorMessage'> {
  if (error instanceof ApplicationFailure)
    return { errorType: error.type ?? 'InternalError', errorMessage: error.message };
  return {
    errorType: error instanceof CancelledFailure ? 'Cancelled' : 'InternalError',
    errorMessage: 'See the worker’s log.',
  };
}
