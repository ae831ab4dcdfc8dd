import type { BillingComparison } from '../../contract/billing/comparison';
import type { BillingProblem } from '../../contract/billing/problems';
import { toFailure } from '../../providers/port/failures';
import type { ListedSubscription } from '../../providers/stripe/account';
import { isChanged } from '../../providers/stripe/subscription/subscription-items';
import { SUBSCRIPTION_PROBLEMS } from '../../providers/stripe/subscription/subscription-state';
import { recordFindings, type BillingFinding } from '../../registry/billing/findings';
import { listBilledTenants, listStandingFindings, type BilledTenant } from '../../registry/billing/paid-tenants';
import { transaction } from '../../registry/database';
import type { Dependencies } from '../dependencies';
import type { ComparisonActivities } from './interface';

/** Tenants read by one query. */
const AT_ONCE = 1_000;

/** Milliseconds for which a subscription may be on its way into the ledger. */
const ON_ITS_WAY_MS = 3_600_000;

/** What a comparison looks for in the billing of a tenant. */
const ASKED: readonly BillingProblem[] = [
  ...SUBSCRIPTION_PROBLEMS,
  'subscription_without_tenant',
  'tenant_without_subscription',
  'second_customer',
];

type Needed = Pick<Dependencies, 'billing' | 'pool' | 'signal'>;

/** Everything that the billing provider has. */
interface Listing {
  byId: Map<string, ListedSubscription>;
  /** Subscriptions by the tenant that their marks name, and by the customer that pays. */
  ofTenant: Map<string, ListedSubscription[]>;
  ofCustomer: Map<string, ListedSubscription[]>;
  customersOf: Map<string, string[]>;
}

/** Compares the customers and subscriptions at the billing provider with the tenants in the registry. */
export function createComparison({ billing, pool, signal }: Needed): Pick<ComparisonActivities, 'compareBilling'> {
  async function list(now: Date): Promise<Listing> {
    const listing: Listing = { byId: new Map(), ofTenant: new Map(), ofCustomer: new Map(), customersOf: new Map() };
    try {
      for await (const { id, tenantId } of billing.listCustomers(signal())) add(listing.customersOf, tenantId, id);
      for await (const subscription of billing.listSubscriptions({ now, signal: signal() })) {
        const { id, tenantId, customerId } = subscription;
        listing.byId.set(id, subscription);
        add(listing.ofCustomer, customerId, subscription);
        if (tenantId !== undefined) add(listing.ofTenant, tenantId, subscription);
      }
      return listing;
    } catch (error) {
      throw toFailure(error, 'the list of customers and subscriptions', billing.classify);
    }
  }

  /** What is wrong with the subscription that the ledger has. One that is not listed is read: the listing may have missed it. */
  async function problemsOf({ subscriptionId: id, pricing, tenantId }: BilledTenant, { byId }: Listing, now: Date) {
    const listed = byId.get(id!);
    if (listed)
      return [...listed.problems, ...(isChanged(listed.items, pricing) ? (['subscription_changed'] as const) : [])];
    try {
      return await billing.subscriptionProblems({ id: id!, pricing, now, signal: signal() });
    } catch (error) {
      throw toFailure(error, `the subscription of tenant ${tenantId}`, billing.classify);
    }
  }

  async function findingsOf(tenant: BilledTenant, listing: Listing, now: Date): Promise<BillingFinding[]> {
    const { tenantId, customerId, subscriptionId } = tenant;
    const others = [...(listing.ofTenant.get(tenantId) ?? []), ...(listing.ofCustomer.get(customerId ?? '') ?? [])];
    const unknown = new Set(
      others.filter((each) => each.id !== subscriptionId && isOld(each, now)).map(({ id }) => id),
    );
    const customers = (listing.customersOf.get(tenantId) ?? []).filter((id) => id !== customerId);
    return [
      ...(subscriptionId === null
        ? [{ problem: 'tenant_without_subscription' as const, objectId: tenantId }]
        : (await problemsOf(tenant, listing, now)).map((problem) => ({ problem, objectId: subscriptionId }))),
      ...[...unknown].map((objectId) => ({ problem: 'subscription_without_tenant' as const, objectId })),
      ...(customerId === null ? [] : customers.map((objectId) => ({ problem: 'second_customer' as const, objectId }))),
    ];
  }

  return {
    async compareBilling(): Promise<BillingComparison> {
      const now = new Date();
      const listing = await list(now);
      // The ledger is read after the listing: a row is older than what it stands for.
      const standing = new Map<string | null, BillingFinding[]>();
      for (const { tenantId, ...finding } of await listStandingFindings(pool, ASKED)) add(standing, tenantId, finding);
      const record = async (tenantId: string | null, asked: readonly BillingProblem[], found: BillingFinding[]) => {
        if (isSame(found, standing.get(tenantId) ?? [])) return;
        await transaction(pool, (client) => recordFindings(client, tenantId, { asked, found }));
      };
      const known = new Set<string>();
      let findings = 0;
      for (let after = ''; ;) {
        const page = await listBilledTenants(pool, after, AT_ONCE);
        for (const tenant of page) {
          signal().throwIfAborted();
          const { tenantId, state, changing } = tenant;
          known.add(tenantId);
          if (changing || (state !== 'active' && state !== 'suspended')) continue;
          const found = await findingsOf(tenant, listing, now);
          findings += found.length;
          await record(tenantId, ASKED, found);
        }
        const last = page.at(-1);
        if (!last || page.length < AT_ONCE) break;
        after = last.tenantId;
      }
      // A registry that knows no tenant at all may be the one that is wrong.
      const unowned =
        known.size === 0 ? [] : [...listing.ofTenant].flatMap(([tenantId, all]) => (known.has(tenantId) ? [] : all));
      const found = unowned
        .filter((each) => isOld(each, now))
        .map(({ id }) => ({ problem: 'subscription_without_tenant' as const, objectId: id }));
      await record(null, ['subscription_without_tenant'], found);
      return { tenants: known.size, subscriptions: listing.byId.size, findings: findings + found.length };
    },
  };
}

function isOld({ createdAt }: ListedSubscription, now: Date): boolean {
  return createdAt.getTime() < now.getTime() - ON_ITS_WAY_MS;
}

function isSame(found: readonly BillingFinding[], standing: readonly BillingFinding[]): boolean {
  const names = (findings: readonly BillingFinding[]): string =>
    findings
      .map(({ problem, objectId }) => `${problem} ${objectId}`)
      .sort()
      .join();
  return names(found) === names(standing);
}

function add<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const all = map.get(key);
  if (all) all.push(value);
  else map.set(key, [value]);
}
