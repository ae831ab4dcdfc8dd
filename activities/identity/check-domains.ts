import {
  AWAITED_DAYS,
  AWAITED_SECONDS,
  DOMAIN_CHECK_CALLER,
  RECHECK_SECONDS,
  type DomainCounts,
} from '../../contract/identity/domain-checks';
import { proofRecord } from '../../contract/identity/domains';
import { toFailure } from '../../providers/port/failures';
import { acceptConnection, listDueConnections } from '../../registry/edge/connections';
import { recordProof } from '../../registry/identity/domain-changes';
import {
  listAwaitedDomains,
  listDomainsToCheck,
  listTenantsToTakeFrom,
  noteAsked,
  type TenantDomain,
} from '../../registry/identity/domains';
import { readConnection } from '../../registry/identity/sso-changes';
import { TenantKeyDestroyed } from '../../registry/keys/tenant-keys';
import type { Dependencies } from '../dependencies';
import { sideBySide } from '../removal/side-by-side';
import { acceptSso } from './accept-sso';
import type { DomainActivities } from './interface-domains';

/** Domains of one activity, and those that are looked up at the same time. */
const PORTION = 100;
const AT_A_TIME = 8;

/**
 * Looks for the records of proved domains again and of custom domains that wait for theirs, takes domains that are withdrawn from single sign-on,
 * and has custom domains connected and disconnected.
 */
export function createDomainChecks({
  domainProofs,
  edge,
  keys,
  pool,
  signal,
}: Pick<Dependencies, 'domainProofs' | 'keys' | 'pool' | 'signal'> & {
  edge: Pick<Dependencies['edge'], 'route'>;
}): DomainActivities {
  async function check(entry: TenantDomain, counts: Partial<DomainCounts>): Promise<void> {
    const { tenantId, domain, domainId, token } = entry;
    const answer = await domainProofs.look(proofRecord(domain, token), signal());
    counts[answer] = (counts[answer] ?? 0) + 1;
    await noteAsked(pool, domainId);
    if (answer !== 'unanswered')
      await recordProof(pool, { tenantId, domain, found: answer === 'found', actor: DOMAIN_CHECK_CALLER });
  }

  async function takeFrom(tenantId: string, withdrawn: readonly string[]): Promise<boolean> {
    const present = await readConnection(pool, keys, tenantId);
    const domains = (present?.domains ?? []).filter((domain) => !withdrawn.includes(domain));
    const connection = present && domains.length > 0 ? { ...present, domains } : undefined;
    return acceptSso({ keys, pool }, { tenantId, caller: DOMAIN_CHECK_CALLER, connection });
  }

  return {
    async checkDueDomains() {
      const awaited = { seconds: AWAITED_SECONDS, days: AWAITED_DAYS, limit: PORTION };
      const due = [
        ...(await listDomainsToCheck(pool, RECHECK_SECONDS, PORTION)),
        ...(await listAwaitedDomains(pool, awaited)),
      ];
      const counts: Partial<DomainCounts> = {};
      await sideBySide(
        AT_A_TIME,
        due.map((entry) => () => check(entry, counts)),
      );
      return { counts, more: due.length >= PORTION };
    },

    async takeWithdrawnDomains() {
      let taken = 0;
      for (const { tenantId, domains } of await listTenantsToTakeFrom(pool, PORTION))
        try {
          if (await takeFrom(tenantId, domains)) taken += 1;
        } catch (error) {
          // Its sealed connection cannot be read any more.
          if (error instanceof TenantKeyDestroyed) continue;
          throw toFailure(error, `the withdrawn domains of tenant ${tenantId}`, keys.classify);
        }
      return taken;
    },

    async connectDueDomains() {
      const counts = { connected: 0, disconnected: 0 };
      // Where there is no edge, proved domains are proved, and nothing more.
      if (!edge.route) return counts;
      for (const due of await listDueConnections(pool, { unlessTriedFor: RECHECK_SECONDS, limit: PORTION }))
        try {
          if (await acceptConnection(pool, keys, { ...due, caller: DOMAIN_CHECK_CALLER })) counts[due.to] += 1;
        } catch (error) {
          if (error instanceof TenantKeyDestroyed) continue;
          throw toFailure(error, `the custom domain of tenant ${due.tenantId}`, keys.classify);
        }
      return counts;
    },
  };
}
