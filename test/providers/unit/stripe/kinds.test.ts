import type { ResourceContext } from '../../../../providers/port/kind';
import { newTenantId } from '../../../../contract/ids';
import { describeKind, resourceContext } from '../../kind-suite';
import { PLAN, startBillingBench, type BillingBench } from './support';

let bench: BillingBench;
beforeAll(async () => void (bench = await startBillingBench()), 300_000);
afterAll(() => bench.close());

const objects = async (type: string) => {
  const answer = await fetch(`${bench.url}/_test/objects/${type}`);
  return (await answer.json()) as { id: string; status?: string; metadata: Record<string, string> }[];
};
const ofTenant = async (type: string, { tenantId }: Pick<ResourceContext, 'tenantId'>) =>
  (await objects(type)).filter((each) => each.metadata['tenantId'] === tenantId && each.status !== 'canceled');

describeKind('billing-customer on Stripe', () =>
  Promise.resolve({
    kind: bench.billing.customer,
    region: 'global',
    spec: () => ({ organizationName: 'Acme GmbH', email: 'billing@example.com' }),
    exists: async (context) => (await ofTenant('customer', context)).length > 0,
  }),
);

describeKind('billing-subscription on Stripe', () => {
  const customers = new Map<string, string>();
  return Promise.resolve({
    kind: bench.billing.subscription,
    region: 'global',
    spec: async (tenantId) => {
      const { id } = await bench.stripe.customers.create({ metadata: { rests: 'under a subscription' } });
      customers.set(tenantId, id);
      return { plan: PLAN, cycle: 'monthly' as const, customer: id };
    },
    exists: async (context) => (await ofTenant('subscription', context)).length > 0,
    teardown: async (tenantId) => void (await bench.stripe.customers.del(customers.get(tenantId)!)),
  });
});

const customerContext = () =>
  resourceContext(bench.billing.customer, 'global', { organizationName: 'Acme', email: 'billing@example.com' });

test('a foreign customer with our tenant id but without our mark is left alone', async () => {
  const context = customerContext();
  const { id } = await bench.stripe.customers.create({ name: context.name, metadata: { tenantId: context.tenantId } });
  expect(await bench.billing.customer.find({ ...context, id })).toEqual({ state: 'absent' });
  await bench.billing.customer.remove({ ...context, id });
  expect((await bench.stripe.customers.retrieve(id)).deleted).toBeUndefined();
});

test.each(['lose', 'cut', 'hang'])(
  'a creation whose answer is lost (%s) is found by the next attempt, and there is one customer',
  async (kind) => {
    const context = customerContext();
    await bench.fault({ kind, method: 'POST', path: '/v1/customers', times: kind === 'hang' ? 1 : 2 });
    await bench.billing.customer.create(context).catch(() => undefined);
    const found = await bench.billing.customer.find(context);
    expect(found.state).toBe('present');
    expect(await ofTenant('customer', context)).toHaveLength(1);
    await bench.billing.customer.remove(context);
    expect(await ofTenant('customer', context)).toHaveLength(0);
    await fetch(`${bench.url}/_test/faults`, { method: 'DELETE', headers: { authorization: 'Bearer sk_test_x' } });
  },
  30_000,
);

test('a stored 500 does not block the idempotency key for a day', async () => {
  const context = customerContext();
  await bench.fault({ kind: 'refuse', path: '/v1/customers', method: 'POST', times: 2 });
  await expect(bench.billing.customer.create(context)).rejects.toMatchObject({ statusCode: 500 });
  // The second attempt meets the stored answer and, with the next key, the second fault; the third succeeds.
  await expect(bench.billing.customer.create(context)).rejects.toMatchObject({ statusCode: 500 });
  const { id } = await bench.billing.customer.create(context);
  expect(await ofTenant('customer', context)).toEqual([expect.objectContaining({ id })]);
});

test('two customers of one tenant, as a late attempt may leave them, are both removed', async () => {
  const context = customerContext();
  const metadata = { tenantId: context.tenantId, managedBy: 'tenant-provisioner' };
  for (let i = 0; i < 2; i++) await bench.stripe.customers.create({ metadata });
  await bench.billing.customer.remove(context);
  expect(await ofTenant('customer', context)).toHaveLength(0);
});

test('removing an account by its id works long after it was made', async () => {
  const tenantId = newTenantId();
  const context = { ...customerContext(), tenantId };
  const { id } = await bench.billing.customer.create(context);
  const later = { ...context, id, intendedAt: new Date(Date.now() + 3_600_000) };
  expect((await bench.billing.customer.find(later)).state).toBe('present');
  await bench.billing.customer.remove(later);
  expect((await bench.billing.customer.find(later)).state).toBe('absent');
});
