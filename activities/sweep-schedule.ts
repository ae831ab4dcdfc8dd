import type { Client } from '@temporalio/client';
import { TASK_QUEUE } from '../contract/messages';
import {
  SCHEDULED,
  SWEEP,
  SWEEP_SCHEDULE_ID,
  SWEEP_SECONDS,
  SWEEP_WORKFLOW_ID,
  type SweepInput,
} from '../contract/sweeps';
import { ensureSchedule } from './schedule';

/** Makes sure that Temporal sweeps every `intervalMinutes`, or with 0 never; see {@link ensureSchedule}. */
export async function ensureSweepSchedule(client: Client, intervalMinutes: number): Promise<void> {
  const input: SweepInput = { requestedBy: SCHEDULED, dryRun: false };
  await ensureSchedule(client, {
    scheduleId: SWEEP_SCHEDULE_ID,
    everyMinutes: intervalMinutes,
    action: {
      type: 'startWorkflow',
      workflowType: SWEEP,
      workflowId: SWEEP_WORKFLOW_ID,
      taskQueue: TASK_QUEUE,
      args: [input],
      workflowExecutionTimeout: `${SWEEP_SECONDS}s`,
      staticSummary: 'Sweep',
    },
  });
}
