import type { TestProduct } from '../../../helpers/product';
import { credentialsOf, reachBucket, reachSchema } from '../credentials';
import { idsOf, ordersOf, usable, type Accepted, type Evidence } from '../evidence';
import { byTenant } from '../holdings';
import { examine, together, type Verdict, type Violation } from '../invariant';

const EVERYWHERE = {
  bucket: 1,
  'storage user': 1,
  organization: 1,
  group: 1,
  account: 1,
  customer: 1,
  subscription: 1,
};
const EXPECTED: Record<string, Record<string, number>> = {
  starter: { ...EVERYWHERE, share: 1 },
  professional: { ...EVERYWHERE, role: 3, schema: 1 },
};

/** I3: each active tenant has every resource once, can use it with its own credentials, and its capacity is counted once. */
export async function complete(product: TestProduct, { accepted, holdings }: Evidence): Promise<Verdict> {
  const active = usable(accepted);
  const held = byTenant(holdings);
  const counted = examine(
    active,
    ({ tenantId, plan }) => {
      const counts: Record<string, number> = {};
      for (const { what } of held.get(tenantId) ?? []) counts[what] = (counts[what] ?? 0) + 1;
      const expected = EXPECTED[plan] ?? {};
      const wrong = [...new Set([...Object.keys(expected), ...Object.keys(counts)])].filter(
        (what) => expected[what] !== counts[what],
      );
      return (
        wrong.length > 0 &&
        wrong.map((what) => `${counts[what] ?? 0} × ${what} instead of ${expected[what] ?? 0}`).join(', ')
      );
    },
    idsOf,
  );
  const probed: Violation[] = [];
  for (const tenant of active) {
    const what = await probe(product, tenant);
    if (what !== undefined) probed.push({ ...idsOf(tenant), what });
  }
  return together(counted, { checked: active.length, violations: probed }, await capacity(product, accepted));
}

async function probe(product: TestProduct, { tenantId, plan }: Accepted): Promise<string | undefined> {
  const credentials = await credentialsOf(product, tenantId);
  if (!credentials) return 'active without a storage key';
  const reached = await reachBucket(product, credentials, tenantId);
  if (reached.length !== 3) return `its own key can only ${reached.join(', ') || 'do nothing'}`;
  if (plan !== 'professional') return undefined;
  const inSchema = await reachSchema(product, credentials, tenantId);
  return inSchema.length === 2 ? undefined : `its own login can only ${inSchema.join(', ') || 'do nothing'}`;
}

/** Each cell's use equals its reservations, and only tenants that are not undone have reservations: four each. */
async function capacity({ registry }: TestProduct, accepted: readonly Accepted[]): Promise<Verdict> {
  const { rows: cells } = await registry.query<{ cell: string; used: string; held: string }>(
    `select region || ' ' || c.kind || ' ' || c.cell as cell, c.used, coalesce(sum(r.units), 0) as held
     from cell c left join reservation r using (region, kind, cell) group by c.region, c.kind, c.cell, c.used`,
  );
  const { rows: reservations } = await registry.query<{ tenantId: string; count: number }>(
    `select tenant_id as "tenantId", count(*)::int as count from reservation group by tenant_id`,
  );
  const counts = new Map(reservations.map(({ tenantId, count }) => [tenantId, count]));
  return together(
    examine(cells, ({ cell, used, held }) => used !== held && `${cell} counts ${used}, and ${held} are reserved`),
    examine(
      ordersOf(accepted).filter(({ status }) => status !== 'needs_operator'),
      ({ tenantId, status, tenantState }) => {
        const expected = status === 'active' && tenantState !== 'gone' ? 4 : 0;
        const count = counts.get(tenantId) ?? 0;
        return count !== expected && `${status} with ${count} reservations`;
      },
      idsOf,
    ),
  );
}
