import type { Client } from '@temporalio/client';
import {
  SCHEDULED,
  SWEEP,
  SWEEP_SCHEDULE_ID,
  SWEEP_SECONDS,
  SWEEP_WORKFLOW_ID,
  type SweepInput,
} from '../contract/sweeps';
import { ensureSchedule } from './interval-schedule';

/** Makes sure that Temporal sweeps every `minutes`, or with 0 never. */
export async function ensureSweepSchedule(client: Client, minutes: number): Promise<void> {
  const input: SweepInput = { requestedBy: SCHEDULED, dryRun: false };
  await ensureSchedule(client, {
    ...{ scheduleId: SWEEP_SCHEDULE_ID, minutes, workflowType: SWEEP, workflowId: SWEEP_WORKFLOW_ID },
    ...{ args: [input], seconds: SWEEP_SECONDS, summary: 'Sweep' },
  });
}
