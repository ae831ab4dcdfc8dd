import type pg from 'pg';
import type { NewEvent } from '../../contract/events/events';
import { isFailureType } from '../../contract/operations/failures';
import type { Step } from '../../contract/operations/steps';
import { maybeOne, transaction } from '../database';
import { appendStepStates } from './step-states';

/** An attempt of an activity, as the worker saw it. */
export interface StepEvent {
  operationId: string;
  activityId: string;
  attempt: number;
  step: Step;
  direction: 'forward' | 'compensation';
  startedAt: Date;
  endedAt?: Date;
  errorType?: string;
  errorMessage?: string;
  /** When a failed attempt is repeated; absent if it is not. */
  nextTry?: Date;
}

/**
 * Writes or completes the telemetry of an attempt, with events if it has failed, if it follows a failed one, or if the state of its step
 * changes. Best effort: callers neither wait for it nor handle its failure.
 */
export async function recordStepEvent(pool: pg.Pool, event: StepEvent): Promise<void> {
  await transaction(pool, async (client) => {
    const isNew = await upsertAttempt(client, event);
    await appendStepStates(client, event.operationId, attemptEvents(event, isNew));
  });
}

/** An event of the start of an attempt that is recorded after its end would come too late to be of use. */
function attemptEvents(event: StepEvent, isNew: boolean): AttemptEvent[] {
  const { step, activityId, attempt, direction, endedAt, errorType, nextTry } = event;
  const about = { step, activityId, attempt, direction };
  if (errorType !== undefined) {
    const failure = isFailureType(errorType) ? errorType : 'InternalError';
    return [{ type: 'step.attempt', data: { ...about, state: 'failed', failure, nextTry } }];
  }
  if (!isNew || attempt === 1 || endedAt !== undefined) return [];
  return [{ type: 'step.attempt', data: { ...about, state: 'begun' } }];
}

type AttemptEvent = Extract<NewEvent, { type: 'step.attempt' }>;

/** Whether nothing was known of the attempt before. */
async function upsertAttempt(client: pg.ClientBase, event: StepEvent): Promise<boolean> {
  const row = await maybeOne<{ added: boolean }>(
    client,
    `insert into step_event (operation_id, activity_id, attempt, step, direction, started_at, ended_at, error_type, error_message, next_try)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (operation_id, activity_id, attempt) do update
     set ended_at = coalesce(excluded.ended_at, step_event.ended_at), error_type = coalesce(excluded.error_type, step_event.error_type),
       error_message = coalesce(excluded.error_message, step_event.error_message),
       next_try = coalesce(excluded.next_try, step_event.next_try)
     -- a row that was there before carries the lock of this statement in xmax
     returning xmax = 0 as added`,
    [
      event.operationId,
      event.activityId,
      event.attempt,
      event.step,
      event.direction,
      event.startedAt,
      event.endedAt ?? null,
      event.errorType ?? null,
      event.errorMessage ?? null,
      event.nextTry ?? null,
    ],
  );
  return row!.added;
}
