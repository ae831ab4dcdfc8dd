import type { Client } from '@temporalio/client';
import { DELIVER_MAIL, MAIL_ROUND_SECONDS, MAIL_SCHEDULE_ID } from '../contract/mails';
import { ensureSchedule } from './interval-schedule';

/** Makes sure that Temporal begins a round of deliveries every `minutes`, or with 0 never. */
export async function ensureMailSchedule(client: Client, minutes: number): Promise<void> {
  await ensureSchedule(client, {
    ...{ scheduleId: MAIL_SCHEDULE_ID, minutes, workflowType: DELIVER_MAIL, workflowId: MAIL_SCHEDULE_ID },
    ...{ args: [], seconds: MAIL_ROUND_SECONDS, summary: 'Deliver mail' },
  });
}
