import type { PlanBilling } from '../../../../providers/stripe/catalog';
import { clientFor } from '../../../stack/simulators/stripe/support';
import { resourceContext } from '../../kind-suite';
import { PLAN, startBillingBench, type BillingBench } from './support';

jest.setTimeout(120_000);

let bench: BillingBench;
let plan: PlanBilling;
beforeAll(async () => {
  bench = await startBillingBench();
  bench.stripe = clientFor(bench.url, 'sk_test_bench', 30_000);
  const coupon = await bench.stripe.coupons.create({ id: 'LAUNCH', percent_off: 50, duration: 'once' });
  const rate = await bench.stripe.taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: false });
  plan = { ...PLAN, billing: { ...PLAN.billing, quantity: 3, coupon: coupon.id, taxRates: [rate.id] } };
}, 300_000);
afterAll(() => bench.close());

const PRICE = 1900;

test('the first invoice of a plan has its quantity, its coupon and its taxes', async () => {
  const asked = bench.billing.previewFirstInvoice(plan, 'monthly', AbortSignal.timeout(30_000));
  expect(await asked).toEqual({ currency: 'eur', due: (3 * PRICE * 0.5 * 120) / 100 });
});

test('a subscription begins with them, and the ledger knows its quantity', async () => {
  const { customer, subscription } = bench.billing;
  const account = resourceContext(customer, 'global', { organizationName: 'Acme', email: 'a@acme.example' });
  const { id: customerId } = await customer.create(account);
  const spec = { plan, cycle: 'monthly' as const, customer: customerId };
  const context = resourceContext(subscription, 'global', spec, account.tenantId);
  const { id, facts } = await subscription.create(context);
  expect(facts).toMatchObject({ quantity: 3 });
  const { discounts, default_tax_rates: rates } = await bench.stripe.subscriptions.retrieve(id);
  expect(discounts).toHaveLength(1);
  expect(rates!.map((rate) => rate.id)).toEqual(plan.billing.taxRates);
  const known = { ...context, id, spec: undefined };
  expect(await subscription.differences!(known, facts!)).toEqual([]);
  const [item] = (await bench.stripe.subscriptions.retrieve(id)).items.data;
  await bench.stripe.subscriptions.update(id, {
    items: [{ id: item!.id, quantity: 1 }],
    proration_behavior: 'none',
  });
  await subscription.mend!(known, facts!);
  expect((await bench.stripe.subscriptions.retrieve(id)).items.data[0]!.quantity).toBe(3);
});

test('a plan with a coupon that Stripe does not have has no first invoice', async () => {
  const unknown = { ...plan, billing: { ...plan.billing, coupon: 'UNKNOWN' } };
  const asked = bench.billing.previewFirstInvoice(unknown, 'monthly', AbortSignal.timeout(30_000));
  await expect(asked).rejects.toMatchObject({ code: 'resource_missing' });
});
