import type { LoggedCall } from '../../proxies/effect-log';
import { idsOf, type Evidence } from '../evidence';
import { groupBy } from '../group-by';
import { examine, together, type Verdict } from '../invariant';

/** Ledger kinds by the provider's type. */
export const KINDS: Record<string, readonly string[]> = {
  role: ['postgres-owner', 'postgres-login', 'postgres-readonly'],
  database: ['postgres-database'],
  schema: ['postgres-schema', 'postgres-database'],
  share: ['pooled-share'],
  bucket: ['bucket'],
  'storage user': ['storage-access-key'],
  account: ['idp-admin-user'],
  organization: ['idp-organization'],
  group: ['idp-groups'],
  customer: ['billing-customer'],
  subscription: ['billing-subscription'],
};

/**
 * I5: every resource at a provider has a ledger row that is not closed, and every change was requested after the tenant's first row at
 * that provider. Tenants unknown to the registry have no resources at all. A resource that only a sweep found was an orphan, even if it is
 * gone.
 */
export function noOrphan({ accepted, holdings, ledger, calls, orphans: strays }: Evidence): Verdict {
  const foreign = new Set(accepted.flatMap((each) => each.foreign.map((name) => `${each.tenantId} ${name}`)));
  const runs = new Map(accepted.map((each) => [each.tenantId, idsOf(each)]));
  const about = (tenantId: string) => runs.get(tenantId) ?? { tenantId };
  const rows = groupBy(ledger, ({ tenantId }) => tenantId);
  const listed = examine(
    holdings,
    ({ tenantId, what, name }) => {
      if (foreign.has(`${tenantId} ${what} ${name}`)) return undefined;
      const known = (rows.get(tenantId) ?? []).some(
        ({ kind, state }) => KINDS[what]?.includes(kind) === true && state !== 'absent',
      );
      return !known && `${what} ${name} is in no open ledger row`;
    },
    ({ tenantId }) => about(tenantId),
  );
  const changes = calls.filter(isChange);
  const announced = examine(
    changes,
    ({ at, provider, tenantId, method, path }) => {
      const older = (rows.get(tenantId!) ?? []).some(
        // The server's log has milliseconds, the ledger microseconds.
        (row) => row.provider === provider && row.intendedAt.getTime() <= at + 1,
      );
      return !older && `${provider} was asked for ${method} ${path.slice(0, 80)} before any ledger row of it`;
    },
    ({ tenantId }) => (tenantId === undefined ? {} : about(tenantId)),
  );
  const swept = examine(
    strays,
    ({ tenantId, kind, name }) => {
      const isForeign = [...foreign].some((each) => {
        const [whose, what = ''] = each.split(' ');
        return whose === tenantId && KINDS[what]?.includes(kind) === true;
      });
      return !isForeign && `a sweep found ${kind} ${name}, which nobody owned`;
    },
    ({ tenantId }) => about(tenantId),
  );
  return together(listed, announced, swept);
}

/** A change that a provider really made for a tenant. PostgreSQL's log has no outcomes, so a request counts there. */
function isChange({ tenantId, provider, status, method }: LoggedCall): boolean {
  if (tenantId === undefined || tenantId === 'probe00000000000' || method === 'GET' || method === 'HEAD') return false;
  return provider === 'postgres' || (status !== undefined && status < 300);
}
