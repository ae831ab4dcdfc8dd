import type { Client } from '@temporalio/client';
import { SCAN_DEADLINE_SECONDS, SCAN_DUE, SCAN_SCHEDULE_ID } from '../contract/scans';
import { ensureSchedule } from './interval-schedule';

/** Makes sure that Temporal looks every `minutes` for tenants whose scan is due, or with 0 never. */
export async function ensureScanSchedule(client: Client, minutes: number): Promise<void> {
  await ensureSchedule(client, {
    ...{ scheduleId: SCAN_SCHEDULE_ID, minutes, workflowType: SCAN_DUE, workflowId: SCAN_SCHEDULE_ID },
    ...{ args: [], seconds: 4 * SCAN_DEADLINE_SECONDS, summary: 'Scans that are due' },
  });
}
