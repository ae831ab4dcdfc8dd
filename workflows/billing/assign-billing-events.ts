import { proxyActivities, setHandler, defineSignal } from '@temporalio/workflow';
import type { BillingActivities } from '../../activities/billing/interface';
import { BILLING_SIGNAL } from '../../contract/billing/billing';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';

const reported = defineSignal(BILLING_SIGNAL);

const billing = proxyActivities<Pick<BillingActivities, 'assignBillingEvents'>>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '2m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** Finds out whose accounts events are about that do not say so, until there are none. The API's relay then tells the tenants' runs. */
export async function assignBillingEvents(): Promise<void> {
  let told = true;
  setHandler(reported, () => {
    told = true;
  });
  while (told) {
    told = false;
    await billing.assignBillingEvents();
  }
}
