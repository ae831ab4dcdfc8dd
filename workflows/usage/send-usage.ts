import { proxyActivities } from '@temporalio/workflow';
import type { UsageActivities } from '../../activities/usage/interface';
import { USAGE_COUNTS, type UsageCounts } from '../../contract/usage/billing';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';

/** Portions of a round at most, so that its history stays short; the next round goes on. */
const PORTIONS = 5;

const { sendDueUsage } = proxyActivities<UsageActivities>({
  taskQueue: TASK_QUEUE,
  summary: 'Usage to the billing provider',
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: '10m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '10s', backoffCoefficient: 2, maximumAttempts: 3 },
});

/** One round: sends to the billing provider what was used and corrected, and is due. */
export async function sendUsage(): Promise<UsageCounts> {
  const all = Object.fromEntries(USAGE_COUNTS.map((count) => [count, 0])) as UsageCounts;
  for (let portion = 0; portion < PORTIONS; portion++) {
    const { counts, more } = await sendDueUsage();
    for (const count of USAGE_COUNTS) all[count] += counts[count] ?? 0;
    if (!more) break;
  }
  return all;
}
