import { proxyActivities } from '@temporalio/workflow';
import type { MailActivities } from '../activities/interface-mail';
import { TASK_QUEUE } from '../contract/messages';
import type { MailRound } from '../contract/mails';

const { deliverDueMail } = proxyActivities<MailActivities>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: '10m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumAttempts: 5 },
});

/** A round of deliveries: mail that could not be sent when it was written is sent as soon as the mail server takes it. */
export async function deliverMail(): Promise<MailRound> {
  return deliverDueMail();
}
