import type Stripe from 'stripe';
import { furnish, inDays, startBench, type Bench } from './support';

let bench: Bench;
beforeEach(async () => void (bench = await startBench()));
afterEach(() => bench.close());

const DAY = 86_400;
const VOID = { behavior: 'void' } as const;

async function subscribed({ card = 'pm_card_visa', trialDays = 0 } = {}) {
  const { customer, price, method } = await furnish(bench.stripe, card);
  return bench.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_payment_method: method.id,
    ...(trialDays === 0 ? {} : { trial_end: inDays(trialDays) }),
  });
}

const pause = (id: string, change: Stripe.SubscriptionUpdateParams) => bench.stripe.subscriptions.update(id, change);
const invoices = async (subscription: string) =>
  (await bench.stripe.invoices.list({ subscription })).data.map(({ status, amount_paid: paid }) => `${status} ${paid}`);

test('the invoices of a paused subscription are void, and those after the pause are charged again', async () => {
  const { id } = await subscribed();
  const paused = await pause(id, { pause_collection: VOID });
  expect(paused).toMatchObject({ status: 'active', pause_collection: { behavior: 'void', resumes_at: null } });
  bench.pass(65 * DAY);
  expect(await invoices(id)).toEqual(['void 0', 'void 0', 'paid 1000']);
  const [latest] = (await bench.stripe.invoices.list({ subscription: id })).data;
  expect(latest?.status_transitions.voided_at).toEqual(expect.any(Number));
  expect((await bench.stripe.subscriptions.retrieve(id)).status).toBe('active');
  expect((await pause(id, { pause_collection: '' })).pause_collection).toBeNull();
  bench.pass(31 * DAY);
  expect(await invoices(id)).toEqual(['paid 1000', 'void 0', 'void 0', 'paid 1000']);
});

test('a pause neither ends a trial nor keeps it from ending, and the first invoice is void if it ends meanwhile', async () => {
  const { id } = await subscribed({ trialDays: 10 });
  expect((await pause(id, { pause_collection: VOID })).status).toBe('trialing');
  bench.pass(11 * DAY);
  expect(await bench.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' });
  expect(await invoices(id)).toEqual(['void 0', 'paid 0']);
});

test('a paused subscription without a payment method does not become paused in status when its trial ends', async () => {
  const { customer, price } = await furnish(bench.stripe);
  const { id } = await bench.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    trial_end: inDays(10),
    trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
  });
  await pause(id, { pause_collection: VOID });
  bench.pass(11 * DAY);
  expect((await bench.stripe.subscriptions.retrieve(id)).status).toBe('active');
});

test.each([
  ['keep_as_draft', 'draft 0'],
  ['mark_uncollectible', 'uncollectible 0'],
] as const)('with the behavior %s an invoice is neither void nor charged', async (behavior, expected) => {
  const { id } = await subscribed();
  await pause(id, { pause_collection: { behavior } });
  bench.pass(32 * DAY);
  expect(await invoices(id)).toEqual([expected, 'paid 1000']);
});

test('a pause with a date ends by itself, and only invoices before that date are void', async () => {
  const { id } = await subscribed();
  await pause(id, { pause_collection: { behavior: 'void', resumes_at: inDays(45) } });
  bench.pass(70 * DAY);
  expect((await bench.stripe.subscriptions.retrieve(id)).pause_collection).toBeNull();
  expect(await invoices(id)).toEqual(['paid 1000', 'void 0', 'paid 1000']);
});

test('a pause leaves the open invoice from before as it is, and can be set together with metadata', async () => {
  const { id } = await subscribed({ card: 'pm_card_chargeCustomerFail', trialDays: 1 });
  bench.pass(2 * DAY);
  const changed = await pause(id, { pause_collection: VOID, metadata: { why: 'suspended' } });
  expect(changed).toMatchObject({ status: 'past_due', metadata: { why: 'suspended' } });
  expect(await invoices(id)).toEqual(['open 0', 'paid 0']);
});

test('a date in the past, an unknown behavior and a canceled subscription are refused', async () => {
  const { id } = await subscribed();
  const past = pause(id, { pause_collection: { behavior: 'void', resumes_at: inDays(-1) } });
  await expect(past).rejects.toMatchObject({ statusCode: 400, param: 'pause_collection[resumes_at]' });
  await expect(pause(id, { pause_collection: { behavior: 'sleep' } })).rejects.toMatchObject({ statusCode: 400 });
  await bench.stripe.subscriptions.cancel(id);
  await expect(pause(id, { pause_collection: VOID })).rejects.toMatchObject({ statusCode: 400 });
});
