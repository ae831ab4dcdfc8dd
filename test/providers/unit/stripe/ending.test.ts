import { newTenantId } from '../../../../contract/ids';
import type { ResourceContext } from '../../../../providers/port/kind';
import { resourceContext } from '../../kind-suite';
import { PLAN, startBillingBench, type BillingBench } from './support';

let bench: BillingBench;
beforeAll(async () => void (bench = await startBillingBench()), 300_000);
afterAll(() => bench.close());

/** An active tenant with a customer, a subscription and one paid invoice. */
async function tenant({ trial = false } = {}) {
  const { billing, stripe } = bench;
  const tenantId = newTenantId();
  const spec = { organizationName: 'Quarry & Sons', email: 'edith@quarry.example' };
  const account = resourceContext(billing.customer, 'global', spec, tenantId);
  const { id: customer } = await billing.customer.create(account);
  const { id: paymentMethod } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  const made = resourceContext(
    billing.subscription,
    'global',
    { plan: PLAN, cycle: 'monthly' as const, customer, paymentMethod },
    tenantId,
  );
  const { id } = await billing.subscription.create(made);
  if (!trial)
    await billing.activateSubscription({
      tenantId,
      subscription: id,
      idempotencyKey: `${made.operationId}:a:0`,
      signal: made.signal,
    });
  const context: ResourceContext<undefined> = { ...made, id, spec: undefined };
  return {
    customer,
    uses: (value: number) =>
      stripe.billing.meterEvents.create({
        event_name: 'api_calls',
        payload: { stripe_customer_id: customer, value: String(value) },
      }),
    close: () => billing.subscription.update!(context, { access: 'closed' }),
    end: () => billing.subscription.remove(context),
    findSubscription: () => billing.subscription.find(context),
    endCustomer: () => billing.customer.remove({ ...account, id: customer, spec: undefined }),
    findCustomer: () => billing.customer.find({ ...account, id: customer, spec: undefined }),
    invoices: async () => (await stripe.invoices.list({ customer })).data.map(({ status }) => status),
  };
}

test('a tenant that leaves gets a last invoice for what it has used, also after it was closed', async () => {
  const leaving = await tenant();
  await leaving.uses(40);
  await leaving.close();
  await leaving.end();
  expect(await leaving.findSubscription()).toEqual({ state: 'absent' });
  // The last invoice, the first period, and the free trial before it.
  expect(await leaving.invoices()).toEqual(['paid', 'paid', 'paid']);
  await leaving.end();
  expect(await leaving.invoices()).toHaveLength(3);
});

test('a tenant that has used nothing gets no further invoice', async () => {
  const leaving = await tenant();
  await leaving.end();
  expect(await leaving.invoices()).toHaveLength(2);
});

test('a subscription that never began to charge ends without an invoice', async () => {
  const young = await tenant({ trial: true });
  await young.uses(40);
  await young.end();
  expect(await young.invoices()).toHaveLength(1);
});

test('its invoices stay when its account is deleted', async () => {
  const leaving = await tenant();
  await leaving.end();
  await leaving.endCustomer();
  expect(await leaving.findCustomer()).toEqual({ state: 'absent' });
  expect(await leaving.invoices()).toEqual(['paid', 'paid']);
});
