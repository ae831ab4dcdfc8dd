import type { Client } from '@temporalio/client';
import { BACKUPS, BACKUPS_SCHEDULE_ID, BACKUPS_SECONDS, BACKUPS_WORKFLOW_ID } from '../contract/backups';
import { ensureSchedule } from './interval-schedule';

/** Makes sure that Temporal looks every `minutes` for tenants whose backup is due, or with 0 never. */
export async function ensureBackupSchedule(client: Client, minutes: number): Promise<void> {
  await ensureSchedule(client, {
    ...{ scheduleId: BACKUPS_SCHEDULE_ID, minutes, workflowType: BACKUPS, workflowId: BACKUPS_WORKFLOW_ID },
    ...{ args: [], seconds: BACKUPS_SECONDS, summary: 'Backups that are due' },
  });
}
