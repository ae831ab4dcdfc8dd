import type { Client } from '@temporalio/client';
import { TEND_STORAGE, TENDING_SCHEDULE_ID, TENDING_SECONDS } from '../contract/tending';
import { ensureSchedule } from './interval-schedule';

/** Makes sure that Temporal begins a round of retention and quotas every `minutes`, or with 0 never. */
export async function ensureTendingSchedule(client: Client, minutes: number): Promise<void> {
  await ensureSchedule(client, {
    ...{ scheduleId: TENDING_SCHEDULE_ID, minutes, workflowType: TEND_STORAGE, workflowId: TENDING_SCHEDULE_ID },
    ...{ args: [], seconds: TENDING_SECONDS, summary: 'Retention and quotas' },
  });
}
