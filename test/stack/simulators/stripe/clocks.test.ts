import type Stripe from 'stripe';
import { clientFor, furnish, startBench, type Bench } from './support';

jest.setTimeout(120_000);

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
  bench.stripe = clientFor(bench.url, 'sk_test_bench', 30_000);
});
afterEach(() => bench.close());

const DAY = 86_400;
const START = Date.UTC(2030, 0, 1) / 1000;
const FEBRUARY = Date.UTC(2030, 1, 1) / 1000;

/** A subscription of 10.00 a month on a test clock that stands at the beginning of 2030. */
async function onClock(more: Partial<Stripe.SubscriptionCreateParams> = {}) {
  const { stripe } = bench;
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START, name: 'January' });
  const { price } = await furnish(stripe);
  const customer = await stripe.customers.create({ test_clock: clock.id });
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_payment_method: method.id,
    ...more,
  });
  return {
    clock,
    customer: customer.id,
    price,
    id: subscription.id,
    item: subscription.items.data[0]!.id,
    advance: (frozen_time: number) => stripe.testHelpers.testClocks.advance(clock.id, { frozen_time }),
    invoices: async () => (await stripe.invoices.list({ customer: customer.id })).data,
  };
}

const balanceOf = async (customer: string): Promise<number> =>
  ((await bench.stripe.customers.retrieve(customer)) as Stripe.Customer).balance;

test('a clock that is advanced over two periods renews each at its own moment, and nothing happens in real time', async () => {
  const { advance, invoices } = await onClock();
  bench.pass(400 * DAY);
  expect((await invoices()).map(({ created }) => created)).toEqual([START]);
  expect(await advance(Date.UTC(2030, 2, 2) / 1000)).toMatchObject({ status: 'ready' });
  expect((await invoices()).map(({ created, total }) => [created, total])).toEqual([
    [Date.UTC(2030, 2, 1) / 1000, 1000],
    [FEBRUARY, 1000],
    [START, 1000],
  ]);
  await expect(advance(START)).rejects.toMatchObject({ param: 'frozen_time' });
});

test('a trial ends when its clock reaches it, and the period begins at that moment', async () => {
  const { advance, id } = await onClock({ trial_period_days: 10 });
  await advance(START + 10 * DAY - 1);
  expect(await bench.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'trialing' });
  await advance(START + 11 * DAY);
  const { status, items } = await bench.stripe.subscriptions.retrieve(id);
  expect(status).toBe('active');
  expect(items.data[0]!.current_period_start).toBe(START + 10 * DAY);
});

test('customers on a clock are listed by their clock only, and go with it', async () => {
  const { clock, customer } = await onClock();
  const listed = async (more: object) => (await bench.stripe.customers.list(more)).data.map(({ id }) => id);
  expect(await listed({})).not.toContain(customer);
  expect(await listed({ test_clock: clock.id })).toEqual([customer]);
  expect((await bench.stripe.subscriptions.list()).data).toEqual([]);
  expect((await bench.stripe.subscriptions.list({ customer })).data).toHaveLength(1);
  await bench.stripe.testHelpers.testClocks.del(clock.id);
  expect(await bench.stripe.customers.retrieve(customer)).toMatchObject({ deleted: true });
});

test('a larger quantity in mid period is charged with the next invoice for the days that were left', async () => {
  const { advance, id, item, invoices } = await onClock();
  const half = START + (FEBRUARY - START) / 2;
  await advance(half);
  await bench.stripe.subscriptions.update(id, { items: [{ id: item, quantity: 3 }] });
  expect(await invoices()).toHaveLength(1);
  const preview = await bench.stripe.invoices.createPreview({ subscription: id });
  await advance(FEBRUARY);
  const [next] = await invoices();
  // Half of what it was is credited, half of what it is now is charged, and then comes the new period.
  expect(next!.lines.data.map(({ amount }) => amount).sort((a, b) => a - b)).toEqual([-500, 1500, 3000]);
  expect(next).toMatchObject({ total: 4000, amount_paid: 4000 });
  expect(preview.total).toBe(4000);
});

test('with always_invoice a change is invoiced at once, and what it credits is used up by the next invoices', async () => {
  const { advance, customer, id, item, invoices } = await onClock();
  await advance(START + (FEBRUARY - START) / 2);
  const change = { items: [{ id: item, quantity: 5 }], proration_behavior: 'always_invoice' as const };
  const preview = await bench.stripe.invoices.createPreview({ subscription: id, subscription_details: change });
  expect(preview.amount_due).toBe(2000);
  expect(await invoices()).toHaveLength(1);
  await bench.stripe.subscriptions.update(id, change);
  expect((await invoices())[0]).toMatchObject({ total: 2000, status: 'paid', billing_reason: 'subscription_update' });
  await bench.stripe.subscriptions.update(id, { ...change, items: [{ id: item, quantity: 1 }] });
  expect((await invoices())[0]).toMatchObject({ total: -2000, amount_due: 0, ending_balance: -2000 });
  expect(await balanceOf(customer)).toBe(-2000);
  await advance(FEBRUARY);
  expect((await invoices())[0]).toMatchObject({ total: 1000, amount_due: 0, starting_balance: -2000 });
  expect(await balanceOf(customer)).toBe(-1000);
});

test('without proration a change costs nothing before the next period', async () => {
  const { advance, id, item, invoices } = await onClock();
  await advance(START + 5 * DAY);
  await bench.stripe.subscriptions.update(id, { items: [{ id: item, quantity: 3 }], proration_behavior: 'none' });
  await advance(FEBRUARY);
  expect((await invoices())[0]).toMatchObject({ total: 3000 });
});

test('a subscription that is cancelled with proration credits what was not used', async () => {
  const { advance, customer, id, invoices } = await onClock();
  await advance(START + (FEBRUARY - START) / 4);
  await bench.stripe.subscriptions.cancel(id, { invoice_now: true, prorate: true });
  expect((await invoices())[0]).toMatchObject({ total: -750, status: 'paid' });
  expect(await balanceOf(customer)).toBe(-750);
});

test('a charge is refunded in parts, never more than it was, and the balance shows it', async () => {
  const { stripe } = bench;
  const { customer } = await onClock();
  const [charge] = (await stripe.charges.list({ customer })).data;
  await stripe.refunds.create({ charge: charge!.id, amount: 300, metadata: { why: 'test' } });
  const tooMuch = stripe.refunds.create({ charge: charge!.id, amount: 701 });
  await expect(tooMuch).rejects.toMatchObject({ statusCode: 400, param: 'amount' });
  await stripe.refunds.create({ payment_intent: charge!.payment_intent as string });
  expect(await stripe.charges.retrieve(charge!.id)).toMatchObject({ amount_refunded: 1000, refunded: true });
  await expect(stripe.refunds.create({ charge: charge!.id })).rejects.toMatchObject({
    code: 'charge_already_refunded',
  });
  expect((await stripe.refunds.list({ charge: charge!.id })).data.map(({ amount }) => amount)).toEqual([700, 300]);
  expect((await stripe.balance.retrieve()).pending).toMatchObject([{ amount: 0, currency: 'eur' }]);
});
