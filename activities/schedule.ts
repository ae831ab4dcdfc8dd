import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptionsStartWorkflowAction,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';

/** Something Temporal starts again and again. */
export interface Recurring {
  scheduleId: string;
  /** 0: never. */
  everyMinutes: number;
  action: ScheduleOptionsStartWorkflowAction<Workflow>;
}

/**
 * Makes sure that Temporal has the schedule, or with 0 minutes has it not. Idempotent; of several workers the last one to start says how often.
 * A schedule that an operator has paused stays paused.
 */
export async function ensureSchedule(client: Client, { scheduleId, everyMinutes, action }: Recurring): Promise<void> {
  if (everyMinutes === 0) return removeSchedule(client, scheduleId);
  const spec = { intervals: [{ every: `${everyMinutes}m` as const }] };
  // What was missed while Temporal was away is not made up for: one run sees everything.
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' as const };
  try {
    await client.schedule.create({ scheduleId, spec, action, policies });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(scheduleId)
      .update(({ state }) => ({
        spec,
        action: { ...action, workflowId: action.workflowId! },
        policies,
        state: { ...state },
      }));
  }
}

async function removeSchedule(client: Client, scheduleId: string): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}
