import type Stripe from 'stripe';
import { furnish, inDays, startBench, type Bench } from './support';

let bench: Bench;
beforeEach(async () => void (bench = await startBench()));
afterEach(() => bench.close());

const DAY = 86_400;
const pending = async () =>
  (await bench.stripe.balance.retrieve()).pending.reduce((sum, { amount }) => sum + amount, 0);

async function onTrial(card: string, more: Partial<Stripe.SubscriptionCreateParams> = {}) {
  const { customer, price, method } = await furnish(bench.stripe, card);
  const subscription = await bench.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_payment_method: method.id,
    trial_end: inDays(30),
    ...more,
  });
  return { customer, price, method, subscription };
}

test('a subscription on trial moves no money, and ending the trial charges one period', async () => {
  const { subscription } = await onTrial('pm_card_visa');
  expect(subscription.status).toBe('trialing');
  expect(await pending()).toBe(0);
  const active = await bench.stripe.subscriptions.update(subscription.id, {
    trial_end: 'now',
    expand: ['latest_invoice'],
  });
  expect(active.status).toBe('active');
  expect(active.latest_invoice).toMatchObject({
    status: 'paid',
    amount_paid: 1000,
    billing_reason: 'subscription_update',
  });
  expect(await pending()).toBe(1000);
});

test('a charge declined at the end of a trial makes the subscription past due, with an open invoice', async () => {
  const { subscription } = await onTrial('pm_card_chargeCustomerFail');
  const ended = await bench.stripe.subscriptions.update(subscription.id, {
    trial_end: 'now',
    expand: ['latest_invoice'],
  });
  expect(ended.status).toBe('past_due');
  expect(ended.latest_invoice).toMatchObject({ status: 'open', attempt_count: 1, amount_remaining: 1000 });
  expect(await pending()).toBe(0);
});

test('with error_if_incomplete a declined charge is a 402 and the trial continues', async () => {
  const { subscription } = await onTrial('pm_card_chargeCustomerFail');
  const update = bench.stripe.subscriptions.update(subscription.id, {
    trial_end: 'now',
    payment_behavior: 'error_if_incomplete',
  });
  await expect(update).rejects.toMatchObject({
    type: 'StripeCardError',
    statusCode: 402,
    decline_code: 'generic_decline',
  });
  expect((await bench.stripe.subscriptions.retrieve(subscription.id)).status).toBe('trialing');
});

test('a past-due invoice paid with another card makes the subscription active', async () => {
  const { customer, subscription } = await onTrial('pm_card_chargeCustomerFail');
  const ended = await bench.stripe.subscriptions.update(subscription.id, { trial_end: 'now' });
  const card = await bench.stripe.paymentMethods.attach('pm_card_mastercard', { customer: customer.id });
  const invoice = await bench.stripe.invoices.pay(ended.latest_invoice as string, { payment_method: card.id });
  expect(invoice.status).toBe('paid');
  expect((await bench.stripe.subscriptions.retrieve(subscription.id)).status).toBe('active');
});

test('trials and periods end with time, and meters are billed for the past period', async () => {
  const { stripe } = bench;
  const { customer, price, method } = await furnish(stripe);
  const meter = await stripe.billing.meters.create({
    display_name: 'API calls',
    event_name: 'api_calls',
    default_aggregation: { formula: 'sum' },
  });
  const metered = await stripe.prices.create({
    product: price.product as string,
    currency: 'eur',
    unit_amount: 2,
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
  });
  const { id } = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }, { price: metered.id }],
    default_payment_method: method.id,
    trial_period_days: 3,
  });
  bench.pass(4 * DAY);
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('active');
  expect(await pending()).toBe(1000);
  const event = (value: string) =>
    stripe.billing.meterEvents.create({ event_name: 'api_calls', payload: { stripe_customer_id: customer.id, value } });
  await event('30');
  await event('20');
  bench.pass(31 * DAY);
  expect((await stripe.invoices.list({ subscription: id })).data[0]).toMatchObject({ total: 1100, status: 'paid' });
  expect(await pending()).toBe(2100);
});

test('cancelling ends a subscription once; a second attempt finds it missing, and it can still be read', async () => {
  const { customer, subscription } = await onTrial('pm_card_visa');
  expect((await bench.stripe.subscriptions.cancel(subscription.id)).status).toBe('canceled');
  const again = bench.stripe.subscriptions.cancel(subscription.id);
  await expect(again).rejects.toMatchObject({ statusCode: 404, code: 'resource_missing' });
  expect((await bench.stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled');
  expect((await bench.stripe.subscriptions.list({ customer: customer.id })).data).toEqual([]);
  expect((await bench.stripe.subscriptions.list({ customer: customer.id, status: 'all' })).data).toHaveLength(1);
  bench.pass(60 * DAY);
  expect(await pending()).toBe(0);
});

test('deleting a customer cancels its subscriptions and frees its cards', async () => {
  const { customer, subscription, method } = await onTrial('pm_card_visa');
  expect(await bench.stripe.customers.del(customer.id)).toMatchObject({ deleted: true });
  expect(await bench.stripe.customers.retrieve(customer.id)).toEqual({
    id: customer.id,
    object: 'customer',
    deleted: true,
  });
  await expect(bench.stripe.customers.del(customer.id)).rejects.toMatchObject({ statusCode: 404 });
  expect((await bench.stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled');
  expect((await bench.stripe.paymentMethods.retrieve(method.id)).customer).toBeNull();
  const create = bench.stripe.setupIntents.create({ customer: customer.id });
  await expect(create).rejects.toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'customer' });
});

test('a subscription refuses a card that is not the customer’s, and a trial of more than two years', async () => {
  const { customer, price } = await furnish(bench.stripe);
  const other = await furnish(bench.stripe);
  const items = [{ price: price.id }];
  const foreign = bench.stripe.subscriptions.create({
    customer: customer.id,
    items,
    default_payment_method: other.method.id,
  });
  await expect(foreign).rejects.toMatchObject({ code: 'resource_missing', param: 'default_payment_method' });
  const long = bench.stripe.subscriptions.create({ customer: customer.id, items, trial_end: inDays(800) });
  await expect(long).rejects.toMatchObject({ param: 'trial_end' });
});
