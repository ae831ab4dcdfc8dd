import { randomBytes } from 'node:crypto';
import type { ResourceContext } from '../../../../providers/port/kind';
import type { SubscriptionSpec } from '../../../../providers/stripe/subscription/subscription';
import { resourceContext } from '../../kind-suite';
import { clientFor } from '../../../stack/simulators/stripe/support';
import { PLAN, startBillingBench, type BillingBench } from './support';

jest.setTimeout(120_000);

let bench: BillingBench;
beforeAll(async () => {
  bench = await startBillingBench();
  bench.stripe = clientFor(bench.url, 'sk_test_bench', 30_000);
}, 300_000);
afterAll(() => bench.close());

/** A tenant's subscription that has begun to charge, as the ledger knows it. */
async function charging() {
  const { customer, subscription, activateSubscription } = bench.billing;
  const account = resourceContext(customer, 'global', { organizationName: 'Acme', email: 'a@acme.example' });
  const { id: customerId } = await customer.create(account);
  const { tenantId, signal } = account;
  const method = await bench.stripe.paymentMethods.attach('pm_card_visa', { customer: customerId });
  const spec: SubscriptionSpec = { plan: PLAN, cycle: 'monthly', customer: customerId, paymentMethod: method.id };
  const context = resourceContext(subscription, 'global', spec, tenantId);
  const { id, facts } = await subscription.create(context);
  await activateSubscription({ tenantId, subscription: id, idempotencyKey: randomBytes(8).toString('hex'), signal });
  return { customerId, spec, facts: facts!, context: { ...context, id, spec: undefined } };
}

const again = (context: ResourceContext<undefined>, spec: SubscriptionSpec): ResourceContext<SubscriptionSpec> => ({
  ...context,
  id: undefined,
  spec: { ...spec, again: true },
  idempotencyKey: `${context.idempotencyKey}:again`,
});

test('a subscription that is as it was made has no differences', async () => {
  const { context, facts } = await charging();
  expect(await bench.billing.subscription.differences!(context, facts)).toEqual([]);
});

test('another quantity and another price are told, and changed back without proration', async () => {
  const { context, customerId, facts } = await charging();
  const { subscription } = bench.billing;
  const product = await bench.stripe.products.create({ name: 'By hand' });
  const recurring = { interval: 'month' } as const;
  const price = await bench.stripe.prices.create({ product: product.id, currency: 'eur', unit_amount: 5, recurring });
  const { items } = await bench.stripe.subscriptions.retrieve(context.id);
  const meter = items.data.find((item) => item.quantity === undefined)!;
  const plan = items.data.find((item) => item.quantity !== undefined)!;
  await bench.stripe.subscriptions.update(context.id, {
    items: [{ id: plan.id, quantity: 4 }, { id: meter.id, deleted: true }, { price: price.id }],
    proration_behavior: 'none',
  });
  const invoices = async () => (await bench.stripe.invoices.list({ customer: customerId })).data.length;
  const before = await invoices();
  expect(await subscription.differences!(context, facts)).toEqual([
    {
      what: 'prices',
      was: 'plan-starter-monthly, usage-api_calls-monthly-eur',
      is: `plan-starter-monthly × 4, ${price.id}`,
    },
  ]);
  await subscription.mend!(context, facts);
  expect(await subscription.differences!(context, facts)).toEqual([]);
  await subscription.mend!(context, facts);
  expect(await invoices()).toBe(before);
});

test('a replacement begins to charge when the cancelled subscription would have charged next', async () => {
  const { context, spec } = await charging();
  const cancelled = await bench.stripe.subscriptions.cancel(context.id);
  const { id } = await bench.billing.subscription.create(again(context, spec));
  const replacement = await bench.stripe.subscriptions.retrieve(id);
  expect(replacement).toMatchObject({
    status: 'trialing',
    trial_end: cancelled.items.data[0]!.current_period_end,
    default_payment_method: cancelled.default_payment_method,
  });
});

test('a subscription is not replaced while nothing says until when the tenant has paid', async () => {
  const { customer, subscription } = bench.billing;
  const account = resourceContext(customer, 'global', { organizationName: 'Acme', email: 'b@acme.example' });
  const { id: customerId } = await customer.create(account);
  const spec: SubscriptionSpec = { plan: PLAN, cycle: 'monthly', customer: customerId, again: true };
  const context = resourceContext(subscription, 'global', spec, account.tenantId);
  await expect(subscription.create(context)).rejects.toMatchObject({ type: 'ProviderRefused' });
});

test('customers and subscriptions are listed with the tenants that they were made for', async () => {
  const { context, customerId } = await charging();
  const { tenantId, signal, id } = context;
  await bench.stripe.customers.create({ name: 'Somebody else’s' });
  const customers = [];
  for await (const each of bench.billing.listCustomers(signal)) customers.push(each);
  expect(customers).toContainEqual({ id: customerId, tenantId });
  const subscriptions = [];
  for await (const each of bench.billing.listSubscriptions({ now: new Date(), signal })) subscriptions.push(each);
  expect(subscriptions).toContainEqual(expect.objectContaining({ id, customerId, tenantId, problems: [] }));
});

test('invoices are listed page by page, newest first', async () => {
  const { customerId, context } = await charging();
  const { signal } = context;
  const first = await bench.billing.listInvoicePage({ customerId, limit: 1, signal });
  expect(first.items).toMatchObject([{ status: 'paid', currency: 'eur', total: 1900, amountRemaining: 0 }]);
  expect(first.nextCursor).toBe(first.items[0]!.invoiceId);
  const second = await bench.billing.listInvoicePage({ customerId, limit: 1, after: first.nextCursor!, signal });
  expect(second.items).toMatchObject([{ total: 0 }]);
  expect(await bench.billing.listInvoicePage({ customerId, limit: 1, after: 'in_unknown', signal })).toEqual({
    items: [],
  });
});
