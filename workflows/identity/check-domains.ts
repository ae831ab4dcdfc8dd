import { proxyActivities } from '@temporalio/workflow';
import type { DomainActivities, MetadataActivities } from '../../activities/identity/interface-domains';
import { DOMAIN_COUNTS, type DomainCounts } from '../../contract/identity/domain-checks';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';

/** Portions of a round at most, so that its history stays short; the next round goes on. */
const PORTIONS = 50;

const { checkDueDomains, connectDueDomains, refreshMetadata, takeWithdrawnDomains } = proxyActivities<
  DomainActivities & MetadataActivities
>({
  taskQueue: TASK_QUEUE,
  summary: 'Proofs of domains, metadata',
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: '10m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '10s', backoffCoefficient: 2, maximumAttempts: 3 },
});

/**
 * One round: looks for the records of domains, takes those that are withdrawn from single sign-on, connects and disconnects custom domains, and
 * reads SAML metadata again.
 */
export async function checkDomains(): Promise<DomainCounts> {
  const all = Object.fromEntries(DOMAIN_COUNTS.map((count) => [count, 0])) as DomainCounts;
  const add = (counts: Partial<DomainCounts>): void => {
    for (const count of DOMAIN_COUNTS) all[count] += counts[count] ?? 0;
  };
  for (let portion = 0; portion < PORTIONS; portion++) {
    const { counts, more } = await checkDueDomains();
    add(counts);
    if (!more) break;
  }
  all.taken += await takeWithdrawnDomains();
  add(await connectDueDomains());
  add(await refreshMetadata());
  return all;
}
