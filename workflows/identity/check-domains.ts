import { proxyActivities } from '@temporalio/workflow';
import type { DomainActivities } from '../../activities/identity/interface-domains';
import { DOMAIN_COUNTS, type DomainCounts } from '../../contract/identity/domain-checks';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';

/** Portions of a round at most, so that its history stays short; the next round goes on. */
const PORTIONS = 50;

const { checkDueDomains, connectDueDomains, takeWithdrawnDomains } = proxyActivities<DomainActivities>({
  taskQueue: TASK_QUEUE,
  summary: 'Proofs of domains',
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: '10m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '10s', backoffCoefficient: 2, maximumAttempts: 3 },
});

/** One round: looks for the records of domains, takes those that are withdrawn from single sign-on, and connects and disconnects custom domains. */
export async function checkDomains(): Promise<DomainCounts> {
  const all = Object.fromEntries(DOMAIN_COUNTS.map((count) => [count, 0])) as DomainCounts;
  for (let portion = 0; portion < PORTIONS; portion++) {
    const { counts, more } = await checkDueDomains();
    for (const count of DOMAIN_COUNTS) all[count] += counts[count] ?? 0;
    if (!more) break;
  }
  all.taken += await takeWithdrawnDomains();
  Object.assign(all, await connectDueDomains());
  return all;
}
