import { randomBytes } from 'node:crypto';
import type Stripe from 'stripe';
import type { BillingEnd, Proration } from '../../../../contract/billing/terms';
import { newTenantId } from '../../../../contract/ids';
import type { ResourceContext } from '../../../../providers/port/kind';
import { marks } from '../../../../providers/stripe/marks';
import { resourceContext } from '../../kind-suite';
import { clientFor } from '../../../stack/simulators/stripe/support';
import { PLAN, startBillingBench, type BillingBench } from './support';

jest.setTimeout(120_000);

let bench: BillingBench;
let clock: string;
beforeAll(async () => {
  bench = await startBillingBench();
  bench.stripe = clientFor(bench.url, 'sk_test_bench', 30_000);
}, 300_000);
afterAll(() => bench.close());

const START = Math.floor(Date.now() / 1000);
beforeEach(async () => void ({ id: clock } = await bench.stripe.testHelpers.testClocks.create({ frozen_time: START })));

/** A tenant that pays 19.00 for each period, on a test clock, with these terms of its template. */
async function paying(terms: { proration?: Proration; end?: BillingEnd }) {
  const { billing, stripe } = bench;
  const tenantId = newTenantId();
  const account = resourceContext(
    billing.customer,
    'global',
    { organizationName: 'Acme', email: 'a@x.example' },
    tenantId,
  );
  const metadata = { ...marks(account), ...(terms.end && { end: terms.end }) };
  const { id: customer } = await stripe.customers.create({ name: 'Acme', metadata, test_clock: clock });
  const { id: paymentMethod } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  const plan = { ...PLAN, billing: { ...PLAN.billing, ...terms } };
  const spec = { plan, cycle: 'monthly' as const, customer, paymentMethod };
  const made = resourceContext(billing.subscription, 'global', spec, tenantId);
  const { id, facts } = await billing.subscription.create(made);
  const idempotencyKey = randomBytes(8).toString('hex');
  await billing.activateSubscription({ tenantId, subscription: id, idempotencyKey, signal: made.signal });
  const { items } = await stripe.subscriptions.retrieve(id);
  const { current_period_start: start, current_period_end: end } = items.data[0]!;
  const context: ResourceContext<undefined> = { ...made, id, spec: undefined };
  return {
    context,
    facts: facts!,
    item: items.data.find(({ quantity }) => quantity !== undefined)!.id,
    to: (share: number) => stripe.testHelpers.testClocks.advance(clock, { frozen_time: start + (end - start) * share }),
    newest: async () => (await stripe.invoices.list({ customer, limit: 1 })).data[0]!,
    end: () => billing.subscription.remove(context),
    endAccount: () => billing.customer.remove({ ...account, id: customer, spec: undefined }),
    refunds: async () =>
      (await stripe.refunds.list({ limit: 100 })).data.filter(isOf(customer)).map(({ amount }) => amount),
  };
}

const isOf =
  (customer: string) =>
  ({ metadata }: Stripe.Refund): boolean =>
    metadata?.['paysBackCredit'] === customer;

test.each<[Proration, number[]]>([
  ['none', [0, 1900]],
  // The third was never paid for: half of a period is credited, and half of another is charged.
  ['next_invoice', [0, 1900 - 950]],
  ['at_once', [-950, 1900]],
])('a quantity that was raised by hand is changed back with the proration %s', async (proration, [atOnce, next]) => {
  const tenant = await paying({ proration });
  await tenant.to(0.5);
  const change = { items: [{ id: tenant.item, quantity: 2 }], proration_behavior: 'none' as const };
  await bench.stripe.subscriptions.update(tenant.context.id!, change);
  const before = await tenant.newest();
  await bench.billing.subscription.mend!(tenant.context, tenant.facts);
  expect(await bench.billing.subscription.differences!(tenant.context, tenant.facts)).toEqual([]);
  const after = await tenant.newest();
  expect(after.id === before.id ? 0 : after.total).toBe(atOnce);
  await tenant.to(1);
  expect((await tenant.newest()).total).toBe(next);
});

test('the unused time of a tenant that is removed is credited on its last invoice, and the remainder is refunded once', async () => {
  const tenant = await paying({ end: 'credit_unused' });
  await tenant.to(0.25);
  await tenant.end();
  expect(await tenant.newest()).toMatchObject({ total: -1425, amount_due: 0, status: 'paid' });
  expect(await tenant.refunds()).toEqual([]);
  await bench.fault({ method: 'DELETE', path: '/v1/customers/', kind: 'refuse', times: 1 });
  await expect(tenant.endAccount()).rejects.toMatchObject({ statusCode: 500 });
  await tenant.endAccount();
  expect(await tenant.refunds()).toEqual([1425]);
});

test('nothing is credited without the template, nor for a period whose invoice was voided', async () => {
  const plain = await paying({});
  const closed = await paying({ end: 'credit_unused' });
  await bench.billing.subscription.update!(closed.context, { access: 'closed' });
  await plain.to(1.5);
  for (const tenant of [plain, closed]) {
    const before = await tenant.newest();
    await tenant.end();
    await tenant.endAccount();
    expect((await tenant.newest()).id).toBe(before.id);
    expect(await tenant.refunds()).toEqual([]);
  }
  expect((await closed.newest()).status).toBe('void');
});
