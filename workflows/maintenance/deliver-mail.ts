import { proxyActivities } from '@temporalio/workflow';
import type { MailActivities } from '../../activities/notices/interface';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';
import type { MailRound } from '../../contract/maintenance/mail-delivery';

const { deliverDueMail } = proxyActivities<MailActivities>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: '10m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumAttempts: 5 },
});

/** One round of deliveries: sends the mail that could not be sent earlier and is due again. */
export async function deliverMail(): Promise<MailRound> {
  return deliverDueMail();
}
