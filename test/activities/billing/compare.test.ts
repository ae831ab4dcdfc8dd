import { createComparison } from '../../../activities/billing/compare';
import type { BillingProblem } from '../../../contract/billing/problems';
import { failure } from '../../../providers/port/failures';
import { createBilling, type Billing } from '../../../providers/stripe/stripe';
import type { ListedCustomer, ListedSubscription } from '../../../providers/stripe/account';
import { resolveFinding } from '../../../registry/billing/findings';
import { billedTenant, type BilledTenant } from '../../helpers/tenants/billing';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

jest.setTimeout(120_000);

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the comparison of billing: not run, this machine has no PostgreSQL');

const HOUR = 3_600_000;

suite('who pays, compared with who is provisioned', () => {
  let registry: TestRegistry;
  let stripe: Billing;
  let customers: ListedCustomer[];
  let subscriptions: ListedSubscription[];
  /** What Stripe answers about a subscription that it does not list. */
  let asked: () => Promise<BillingProblem[]>;
  beforeAll(async () => {
    registry = await createTestRegistry();
    stripe = createBilling({ apiKey: 'sk_test_unused', url: 'http://127.0.0.1:9', allowLiveKey: false });
  });
  afterAll(async () => {
    await stripe.close();
    await registry.drop();
  });
  beforeEach(() => {
    customers = [];
    subscriptions = [];
    asked = () => Promise.resolve(['subscription_cancelled']);
  });

  const subscription = (of: Partial<ListedSubscription> & { id: string }): ListedSubscription => ({
    customerId: 'cus_other',
    tenantId: undefined,
    createdAt: new Date(Date.now() - 24 * HOUR),
    items: [{ price: { id: 'price_1', lookup_key: 'plan-starter-monthly', product: 'plan-starter' }, quantity: 1 }],
    problems: [],
    ...of,
  });

  /** A tenant that was provisioned a day ago, with what Stripe has of it. */
  async function tenant(of: Partial<ListedSubscription> = {}): Promise<BilledTenant> {
    const made = await billedTenant(registry);
    const { tenantId, customerId, subscriptionId } = made;
    await registry.pool.query(`update tenant set state_since = now() - interval '1 day' where tenant_id = $1`, [
      tenantId,
    ]);
    await registry.pool.query(`update resource set updated_at = now() - interval '1 day' where tenant_id = $1`, [
      tenantId,
    ]);
    customers.push({ id: customerId, tenantId });
    subscriptions.push(subscription({ id: subscriptionId, customerId, tenantId, ...of }));
    return made;
  }

  function compare() {
    const billing: Billing = {
      ...stripe,
      async *listCustomers() {
        yield* await Promise.resolve(customers);
      },
      async *listSubscriptions() {
        yield* await Promise.resolve(subscriptions);
      },
      subscriptionProblems: () => asked(),
    };
    return createComparison({
      billing,
      pool: registry.pool,
      signal: () => new AbortController().signal,
    }).compareBilling();
  }

  const open = async (tenantId: string | null) =>
    (
      await registry.pool.query<{ problem: string; object: string; findingId: string }>(
        `select problem, object_id as object, finding_id as "findingId" from billing_finding
         where tenant_id is not distinct from $1 and ended_at is null and resolved_at is null order by problem, object_id`,
        [tenantId],
      )
    ).rows;
  const problems = async (tenantId: string | null) => (await open(tenantId)).map(({ problem }) => problem);

  test('nothing is found where both agree', async () => {
    const { tenantId } = await tenant();
    await compare();
    expect(await open(tenantId)).toEqual([]);
  });

  test('a subscription that is not there any more is found once Stripe says so, and ends when it is back', async () => {
    const { tenantId, subscriptionId, customerId } = await tenant();
    subscriptions = [];
    await compare();
    await compare();
    expect(await open(tenantId)).toMatchObject([{ problem: 'subscription_cancelled', object: subscriptionId }]);
    subscriptions = [subscription({ id: subscriptionId, customerId, tenantId })];
    await compare();
    expect(await open(tenantId)).toEqual([]);
  });

  test('an answer that does not come is no finding, and ends none', async () => {
    const { tenantId } = await tenant();
    subscriptions = [];
    asked = () => Promise.reject(failure('ProviderUnavailable', 'Stripe does not answer.'));
    await expect(compare()).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    expect(await open(tenantId)).toEqual([]);
    asked = () => Promise.resolve(['subscription_cancelled']);
    await compare();
    asked = () => Promise.reject(failure('ProviderUnavailable', 'Stripe does not answer.'));
    await expect(compare()).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    expect(await problems(tenantId)).toEqual(['subscription_cancelled']);
  });

  test('a wrong price or quantity is found', async () => {
    const price = { id: 'price_2', lookup_key: 'plan-enterprise-monthly', product: 'plan-enterprise' };
    const dear = await tenant({ items: [{ price, quantity: 1 }] });
    const many = await tenant();
    subscriptions.at(-1)!.items[0]!.quantity = 2;
    await compare();
    expect(await problems(dear.tenantId)).toEqual(['subscription_changed']);
    expect(await problems(many.tenantId)).toEqual(['subscription_changed']);
  });

  test('a tenant without a subscription, a second customer and a second subscription are found', async () => {
    const without = await tenant();
    await registry.pool.query(`delete from resource where tenant_id = $1 and kind = 'billing-subscription'`, [
      without.tenantId,
    ]);
    subscriptions = [];
    const twice = await tenant();
    customers.push({ id: 'cus_second', tenantId: twice.tenantId });
    subscriptions.push(subscription({ id: 'sub_by_hand', customerId: twice.customerId }));
    await compare();
    expect(await open(without.tenantId)).toMatchObject([
      { problem: 'tenant_without_subscription', object: without.tenantId },
    ]);
    expect(await open(twice.tenantId)).toMatchObject([
      { problem: 'second_customer', object: 'cus_second' },
      { problem: 'subscription_without_tenant', object: 'sub_by_hand' },
    ]);
  });

  test('a subscription of a tenant that is gone or unknown is found; one of somebody else, or one on its way, is not', async () => {
    await tenant();
    subscriptions.push(
      subscription({ id: 'sub_lost', tenantId: 'abcdefghijklmnop' }),
      subscription({ id: 'sub_foreign' }),
      subscription({ id: 'sub_new', tenantId: 'abcdefghijklmnoq', createdAt: new Date() }),
    );
    await compare();
    expect(await open(null)).toMatchObject([{ problem: 'subscription_without_tenant', object: 'sub_lost' }]);
    subscriptions.splice(1);
    await compare();
    expect(await open(null)).toEqual([]);
  });

  test('a tenant that is being changed is left out', async () => {
    const { tenantId } = await tenant();
    await registry.pool.query(`update tenant set state_since = now() where tenant_id = $1`, [tenantId]);
    subscriptions = [];
    await compare();
    expect(await open(tenantId)).toEqual([]);
  });

  test('what an operator has resolved is not found again while it is so', async () => {
    const { tenantId } = await tenant({ problems: ['collection_paused'] });
    await compare();
    const [finding] = await open(tenantId);
    await resolveFinding(registry.pool, { findingId: finding!.findingId, actor: 'token:operator', reason: 'Agreed.' });
    await compare();
    expect(await open(tenantId)).toEqual([]);
  });
});
