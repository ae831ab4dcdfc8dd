import type Stripe from 'stripe';
import { newTenantId } from '../../../../contract/ids';
import type { Access } from '../../../../contract/tenants/access';
import { toFailure } from '../../../../providers/port/failures';
import type { ResourceContext } from '../../../../providers/port/kind';
import { resourceContext } from '../../kind-suite';
import { PLAN, startBillingBench, type BillingBench } from './support';

let bench: BillingBench;
beforeAll(async () => void (bench = await startBillingBench()), 300_000);
afterAll(() => bench.close());

const DAY = 86_400;

/** A tenant whose subscription is on trial, as before the hand-over, or else active and paid. */
async function tenant({ trial = false } = {}) {
  const { billing, stripe } = bench;
  const tenantId = newTenantId();
  const { id: customer } = await stripe.customers.create({});
  const { id: paymentMethod } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  const spec = { plan: PLAN, cycle: 'monthly' as const, customer, paymentMethod };
  const made = resourceContext(billing.subscription, 'global', spec, tenantId);
  const { id } = await billing.subscription.create(made);
  const context: ResourceContext<undefined> = { ...made, id, spec: undefined };
  const activation = { tenantId, subscription: id, idempotencyKey: `${made.operationId}:a:0`, signal: made.signal };
  if (!trial) await billing.activateSubscription(activation);
  return {
    activation,
    id,
    set: (access: Access) => billing.subscription.update!(context, { access }),
    access: () => billing.subscription.access!(context),
    read: () => stripe.subscriptions.retrieve(id),
    paid: async () => (await stripe.charges.list({ customer })).data.filter((charge) => charge.paid).length,
    invoices: async () => (await stripe.invoices.list({ subscription: id })).data.map(({ status }) => status),
    updates: async () => (await effects()).filter((effect) => effect.id === id && effect.effect === 'updated').length,
  };
}

async function effects(): Promise<{ id: string; effect: string }[]> {
  return (await (await fetch(`${bench.url}/_test/effects`)).json()) as { id: string; effect: string }[];
}

test.each<Access>(['closed', 'read-only'])('a tenant that is %s is not charged, and a neighbour is', async (access) => {
  const [suspended, neighbour] = [await tenant(), await tenant()];
  expect(await suspended.access()).toBe('open');
  await suspended.set(access);
  expect(await suspended.access()).toBe(bench.billing.subscription.readOnlyMeans);
  expect(await neighbour.access()).toBe('open');
  bench.pass(62 * DAY);
  expect(await suspended.invoices()).toEqual(['void', 'void', 'paid', 'paid']);
  expect(await suspended.paid()).toBe(1);
  expect(await neighbour.paid()).toBe(3);
});

test('opened again, the subscription is what it was, and only later periods are charged', async () => {
  const { set, access, read, paid } = await tenant();
  const before = await read();
  await set('closed');
  bench.pass(32 * DAY);
  await set('open');
  expect(await access()).toBe('open');
  const after = await read();
  expect(after).toMatchObject({ status: 'active', pause_collection: null, description: before.description });
  expect(after.default_payment_method).toBe(before.default_payment_method);
  expect(await paid()).toBe(1);
  bench.pass(32 * DAY);
  expect(await paid()).toBe(2);
});

test('each change is made once however often it is asked for, and every later change takes effect', async () => {
  const { set, access, updates } = await tenant();
  const before = await updates();
  for (const wanted of ['closed', 'closed', 'read-only', 'open', 'open', 'closed', 'open'] as const) {
    await set(wanted);
    expect(await access()).toBe(wanted === 'open' ? 'open' : 'closed');
  }
  expect((await updates()) - before).toBe(4);
});

test.each(['refuse', 'lose', 'cut', 'throttle'])(
  'a change whose answer goes wrong (%s) is made once by the next attempts',
  async (kind) => {
    const { set, access, updates } = await tenant();
    const before = await updates();
    await bench.fault({ kind, method: 'POST', path: '/v1/subscriptions' });
    await set('closed').catch(() => undefined);
    await set('closed');
    expect(await access()).toBe('closed');
    expect((await updates()) - before).toBe(1);
  },
);

test('a trial before the hand-over is neither ended nor begun, and its first charge waits for the resumption', async () => {
  const { set, access, read, paid, activation } = await tenant({ trial: true });
  const { trial_end: end } = await read();
  await set('closed');
  expect(await read()).toMatchObject({ status: 'trialing', trial_end: end });
  const activated = bench.billing.activateSubscription(activation);
  await expect(activated).rejects.toMatchObject({ type: 'ProviderUnavailable', nonRetryable: false });
  expect(await access()).toBe('closed');
  await set('open');
  expect(await read()).toMatchObject({ status: 'trialing', trial_end: end });
  expect(await bench.billing.activateSubscription(activation)).toEqual({ billing: 'active' });
  expect(await paid()).toBe(1);
});

test('activating a tenant again while it is suspended does not resume its payments', async () => {
  const { set, access, activation } = await tenant();
  await set('closed');
  expect(await bench.billing.activateSubscription(activation)).toEqual({ billing: 'active' });
  expect(await access()).toBe('closed');
});

test.each<[string, Stripe.SubscriptionUpdateParams.PauseCollection]>([
  ['without an end', { behavior: 'keep_as_draft' }],
  ['that voids invoices, too', { behavior: 'void' }],
  ['with a date', { behavior: 'mark_uncollectible', resumes_at: Math.floor(Date.now() / 1000) + 900 * DAY }],
])('a pause %s that an operator had set is back after the suspension', async (_, pause) => {
  const { id, set, access, read } = await tenant();
  await bench.stripe.subscriptions.update(id, { pause_collection: pause });
  const before = await read();
  expect(await access()).toBe('open');
  await set('closed');
  expect((await read()).pause_collection).toEqual({ behavior: 'void', resumes_at: null });
  await set('open');
  expect((await read()).pause_collection).toEqual(before.pause_collection);
  expect(await access()).toBe('open');
});

test('a pause that an operator sets during the suspension stays, and payments resumed by one are paused again', async () => {
  const { id, set, access, read } = await tenant();
  await set('closed');
  await bench.stripe.subscriptions.update(id, { pause_collection: '' });
  expect(await access()).toBe('open');
  await set('closed');
  expect(await access()).toBe('closed');
  const own = { behavior: 'keep_as_draft', resumes_at: null } as const;
  await bench.stripe.subscriptions.update(id, { pause_collection: { behavior: own.behavior } });
  await set('open');
  expect((await read()).pause_collection).toEqual(own);
});

test('a canceled subscription collects nothing, so it is closed, and no change of the access revives it', async () => {
  const { id, set, access, read } = await tenant();
  await bench.stripe.subscriptions.cancel(id);
  await set('closed');
  await set('open');
  expect(await access()).toBe('closed');
  expect((await read()).status).toBe('canceled');
});

test('the access of a subscription that Stripe does not show is unknown, not open', async () => {
  const { access } = await tenant();
  await bench.fault({ kind: 'refuse', path: '/v1/subscriptions' });
  const error: unknown = await access().catch((thrown: unknown) => thrown);
  expect(toFailure(error, 'access', bench.billing.classify)).toMatchObject({ type: 'OutcomeUnknown' });
});
