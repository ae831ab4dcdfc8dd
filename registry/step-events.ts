import type { Step } from '../contract/steps';
import type { Queryable } from './database';

/** One attempt of one activity, as the worker saw it. */
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
}

/** Writes or completes the telemetry of an attempt. Best effort: callers do not wait for it and ignore its failure. */
export async function recordStepEvent(db: Queryable, event: StepEvent): Promise<void> {
  await db.query(
    `insert into step_event (operation_id, activity_id, attempt, step, direction, started_at, ended_at, error_type, error_message)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (operation_id, activity_id, attempt) do update
     set ended_at = coalesce(excluded.ended_at, step_event.ended_at), error_type = excluded.error_type, error_message = excluded.error_message`,
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
    ],
  );
}
