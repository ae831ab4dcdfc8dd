import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { BillingActivities } from '../../activities/billing/interface';
import { BILLING_SIGNAL } from '../../contract/billing/billing';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';
import { FIRST_PAUSE_SECONDS, nextPause } from '../operations/watches';

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
  for (let pause = FIRST_PAUSE_SECONDS; told; pause = nextPause(pause)) {
    told = false;
    const { left } = await billing.assignBillingEvents();
    if (left === 0) continue;
    await condition(() => told, pause * 1000);
    told = true;
  }
}
