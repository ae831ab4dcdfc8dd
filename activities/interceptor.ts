import { CancelledFailure, CompleteAsyncError, type Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor, ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Queryable } from '../registry/database';
import { recordStepEvent, type StepEvent } from '../registry/step-events';
import { inCatalogue } from './failures';
import type { StepInput } from './interface';
import { withJitter } from './jitter';
import { standingOf, weigh } from './patience';

/** Well below the workflow's heartbeat time-out of 20 s, so that one lost heartbeat is not a lost worker. */
export const HEARTBEAT_MS = 5_000;

/**
 * Around every activity: heartbeats, so that a dead worker is noticed and a cancelled activity hears of it; telemetry of its step, best
 * effort and never waited for; a cancelled activity ends as cancelled, whatever error its clients made of the abort; every failure is one
 * of the catalogue; a step's last failure ends it; and what will be retried is retried with jitter.
 */
export function activityInterceptor(db: Queryable): ActivityInterceptorsFactory {
  return (context: Context) => ({ inbound: inbound(db, context) });
}

function inbound(db: Queryable, context: Context): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      const { info } = context;
      const step = input.args[0] as Partial<StepInput> | undefined;
      const event = stepEventOf(context, step);
      note(db, event);
      const standing = standingOf(info.heartbeatDetails);
      const heartbeats = setInterval(() => context.heartbeat(standing), HEARTBEAT_MS);
      try {
        const result = await next(input);
        note(db, event && { ...event, endedAt: new Date() });
        return result;
      } catch (error) {
        // No failure: somebody else will end it.
        if (error instanceof CompleteAsyncError) throw error;
        const known = inCatalogue(error, `activity ${info.activityType}`);
        if (known !== error) context.log.warn('An activity failed', { error });
        note(db, event && { ...event, endedAt: new Date(), ...describe(known) });
        if (context.cancellationSignal.aborted && !(known instanceof CancelledFailure))
          throw new CancelledFailure('The activity was cancelled while it waited for a provider.');
        if (!step?.patience || !(known instanceof ApplicationFailure) || known.nonRetryable === true)
          throw withJitter(known, info);
        // The server's clock: the attempts may run on several workers.
        const weighed = weigh(standing, known.type, step.patience, info.currentAttemptScheduledTimestampMs);
        if (weighed.over) throw asLast(known);
        clearInterval(heartbeats);
        context.heartbeat(weighed.standing);
        throw withJitter(known, info);
      } finally {
        clearInterval(heartbeats);
      }
    },
  };
}

/** The same failure, not to be repeated. */
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
    activityId: info.activityId,
    attempt: info.attempt,
    direction: info.activityType === 'compensateStep' ? 'compensation' : 'forward',
    startedAt: new Date(),
  };
}

/** Telemetry must never cost an activity anything, so its failure is nobody's concern here; the run's end writes the final states. */
function note(db: Queryable, event: StepEvent | undefined): void {
  if (event) void recordStepEvent(db, event).catch(() => {});
}

function describe(error: Error): Pick<StepEvent, 'errorType' | 'errorMessage'> {
  if (error instanceof ApplicationFailure)
    return { errorType: error.type ?? 'InternalError', errorMessage: error.message };
  return {
    errorType: error instanceof CancelledFailure ? 'Cancelled' : 'InternalError',
    errorMessage: 'See the worker’s log.',
  };
}
