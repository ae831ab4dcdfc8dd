import { proxyActivities } from '@temporalio/workflow';
import type { ComparisonActivities } from '../../activities/billing/interface';
import type { BillingComparison } from '../../contract/billing/comparison';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';

/** Bounded in time, because the next comparison looks again. */
const billing = proxyActivities<ComparisonActivities>({
  taskQueue: TASK_QUEUE,
  summary: 'Compare the billing provider with the registry',
  startToCloseTimeout: '20m',
  scheduleToCloseTimeout: '25m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '10s', backoffCoefficient: 2, maximumAttempts: 3 },
});

/** Looks for what is paid and not provisioned, or provisioned and not paid, and tells the operators by mail what is new. */
export async function compareBilling(): Promise<BillingComparison> {
  const compared = await billing.compareBilling();
  await billing.mailBillingFindings();
  return compared;
}
