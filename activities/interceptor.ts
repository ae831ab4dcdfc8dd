import { CancelledFailure, CompleteAsyncError, type Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor, ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Queryable } from '../registry/database';
import { recordStepEvent, type StepEvent } from '../registry/step-events';
import type { StepInput } from './interface';
import { withJitter } from './jitter';

/** Well below the workflow's heartbeat time-out of 20 s, so that one lost heartbeat is not a lost worker. */
const HEARTBEAT_MS = 5_000;

/**
 * Around every activity: heartbeats, so that a dead worker is noticed and a cancelled activity hears of it; telemetry of its step, best
 * effort and never waited for; a cancelled activity ends as cancelled, whatever error its clients made of the abort; and what will be
 * retried is retried with jitter.
 */
export function activityInterceptor(db: Queryable): ActivityInterceptorsFactory {
  return (context: Context) => ({ inbound: inbound(db, context) });
}

function inbound(db: Queryable, context: Context): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      const event = stepEventOf(context, input.args[0]);
      note(db, event);
      const heartbeats = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
      try {
        const result = await next(input);
        note(db, event && { ...event, endedAt: new Date() });
        return result;
      } catch (error) {
        // No failure: somebody else will end it.
        if (error instanceof CompleteAsyncError) throw error;
        note(db, event && { ...event, endedAt: new Date(), ...describe(error) });
        if (context.cancellationSignal.aborted && !(error instanceof CancelledFailure))
          throw new CancelledFailure('The activity was cancelled while it waited for a provider.');
        throw withJitter(error, context.info);
      } finally {
        clearInterval(heartbeats);
      }
    },
  };
}

function stepEventOf({ info }: Context, input: unknown): StepEvent | undefined {
  const { operationId, step } = (input ?? {}) as Partial<StepInput>;
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

function describe(error: unknown): Pick<StepEvent, 'errorType' | 'errorMessage'> {
  if (error instanceof ApplicationFailure)
    return { errorType: error.type ?? 'InternalError', errorMessage: error.message };
  return {
    errorType: error instanceof CancelledFailure ? 'Cancelled' : 'InternalError',
    errorMessage: 'See the worker’s log.',
  };
}
