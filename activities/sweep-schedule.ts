import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { TASK_QUEUE } from '../contract/messages';
import {
  SCHEDULED,
  SWEEP,
  SWEEP_SCHEDULE_ID,
  SWEEP_SECONDS,
  SWEEP_WORKFLOW_ID,
  type SweepInput,
} from '../contract/sweeps';

/**
 * Makes sure that Temporal sweeps every `intervalMinutes`, or with 0 never. Idempotent; of several workers the last one to start says how
 * often. A schedule that an operator has paused stays paused.
 */
export async function ensureSweepSchedule(client: Client, intervalMinutes: number): Promise<void> {
  if (intervalMinutes === 0) return removeSchedule(client);
  const spec = { intervals: [{ every: `${intervalMinutes}m` as const }] };
  const input: SweepInput = { requestedBy: SCHEDULED, dryRun: false };
  const action = {
    type: 'startWorkflow' as const,
    workflowType: SWEEP,
    workflowId: SWEEP_WORKFLOW_ID,
    taskQueue: TASK_QUEUE,
    args: [input],
    workflowExecutionTimeout: `${SWEEP_SECONDS}s` as const,
    staticSummary: 'Sweep',
  };
  // What was missed while Temporal was away is not made up for: one sweep sees everything.
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' as const };
  try {
    await client.schedule.create({ scheduleId: SWEEP_SCHEDULE_ID, spec, action, policies });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(SWEEP_SCHEDULE_ID)
      .update(({ state }) => ({ spec, action, policies, state: { ...state } }));
  }
}

async function removeSchedule(client: Client): Promise<void> {
  try {
    await client.schedule.getHandle(SWEEP_SCHEDULE_ID).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}
