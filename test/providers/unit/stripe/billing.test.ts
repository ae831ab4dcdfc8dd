import { newTenantId } from '../../../../contract/ids';
import { createBilling } from '../../../../providers/stripe/stripe';
import { toFailure } from '../../../../providers/port/failures';
import { resourceContext } from '../../kind-suite';
import { PLAN, startBillingBench, type BillingBench } from './support';

let bench: BillingBench;
beforeAll(async () => void (bench = await startBillingBench()), 300_000);
afterAll(() => bench.close());

const signal = AbortSignal.timeout(300_000);
let run = 0;

async function account(paymentMethod = 'pm_card_visa') {
  const tenantId = newTenantId();
  const operationId = `op_test${++run}`;
  const context = resourceContext(
    bench.billing.customer,
    'global',
    { organizationName: 'Acme', email: 'a@example.com' },
    tenantId,
  );
  const customer = (await bench.billing.customer.create(context)).id;
  return {
    tenantId,
    operationId,
    customer,
    paymentMethod,
    idempotencyKey: `${operationId}:payment-method-check`,
    signal,
  };
}

async function subscribed(paymentMethod: string) {
  const check = await account(paymentMethod);
  const attached = await bench.billing.checkPaymentMethod(check);
  const spec = { plan: PLAN, cycle: 'monthly' as const, customer: check.customer, paymentMethod: attached };
  const made = await bench.billing.subscription.create(
    resourceContext(bench.billing.subscription, 'global', spec, check.tenantId),
  );
  return {
    ...check,
    attached,
    subscription: made.id,
    activation: { ...check, subscription: made.id, idempotencyKey: `${check.operationId}:billing-activation:0` },
  };
}

const taken = async (customer: string) =>
  (await bench.stripe.charges.list({ customer })).data.reduce((sum, each) => sum + (each.paid ? each.amount : 0), 0);

describe('catalog', () => {
  const keys = async () =>
    (await bench.stripe.prices.list({ active: true, limit: 100 })).data
      .map((price) => price.lookup_key)
      .filter(Boolean)
      .sort();

  test('preparing twice, and by four concurrent workers, makes each price, product and meter once', async () => {
    await Promise.all(
      Array.from({ length: 4 }, () =>
        bench.billing.prepareBilling([PLAN, { ...PLAN, subscriptionPlan: 'professional' }]),
      ),
    );
    expect(await keys()).toEqual([
      ...['plan-professional-monthly', 'plan-professional-yearly', 'plan-starter-monthly', 'plan-starter-yearly'],
      ...['usage-api_calls-monthly-eur', 'usage-api_calls-yearly-eur'],
    ]);
    expect((await bench.stripe.billing.meters.list()).data).toHaveLength(1);
    expect((await bench.stripe.products.list()).data.map(({ id }) => id).sort()).toEqual([
      'plan-professional',
      'plan-starter',
      'usage-api_calls',
    ]);
  });

  test('a changed amount gets a new price under the same key; subscriptions keep theirs', async () => {
    const { subscription } = await subscribed('pm_card_visa');
    const dearer = { ...PLAN, billing: { ...PLAN.billing, prices: { monthly: 2900, yearly: 29_000 } } };
    await bench.billing.prepareBilling([dearer]);
    const [price] = (await bench.stripe.prices.list({ lookup_keys: ['plan-starter-monthly'] })).data;
    expect(price?.unit_amount).toBe(2900);
    const kept = await bench.stripe.subscriptions.retrieve(subscription);
    expect(kept.items.data[0]?.price.unit_amount).toBe(1900);
    await bench.billing.prepareBilling([PLAN]);
  });

  test('a subscription to a plan that was never prepared is retried later', async () => {
    const { customer, tenantId } = await account();
    const spec = { plan: { ...PLAN, subscriptionPlan: 'enterprise' as const }, cycle: 'yearly' as const, customer };
    const create = bench.billing.subscription.create(
      resourceContext(bench.billing.subscription, 'global', spec, tenantId),
    );
    await expect(create).rejects.toMatchObject({ type: 'ProviderUnavailable', nonRetryable: false });
  });
});

describe('payment method', () => {
  test('a good one is attached without a charge, and a second check gives the same result', async () => {
    const check = await account();
    const attached = await bench.billing.checkPaymentMethod(check);
    expect(await bench.billing.checkPaymentMethod({ ...check, idempotencyKey: `${check.idempotencyKey}1` })).toBe(
      attached,
    );
    expect((await bench.stripe.paymentMethods.list({ customer: check.customer })).data.map(({ id }) => id)).toEqual([
      attached,
    ]);
    expect(await taken(check.customer)).toBe(0);
  });

  test('a corrected one is checked again, and a declined one is asked about again', async () => {
    const check = await account('pm_card_visa_chargeDeclined');
    const intents = async (): Promise<number> =>
      (await bench.stripe.setupIntents.list({ customer: check.customer })).data.length;
    await expect(bench.billing.checkPaymentMethod(check)).rejects.toMatchObject({ type: 'PaymentMethodDeclined' });
    await expect(bench.billing.checkPaymentMethod(check)).rejects.toMatchObject({ type: 'PaymentMethodDeclined' });
    expect(await intents()).toBe(2);
    const visa = await bench.billing.checkPaymentMethod({ ...check, paymentMethod: 'pm_card_visa' });
    const mastercard = await bench.billing.checkPaymentMethod({ ...check, paymentMethod: 'pm_card_mastercard' });
    expect(mastercard).not.toBe(visa);
    expect(await bench.billing.checkPaymentMethod({ ...check, paymentMethod: 'pm_card_visa' })).toBe(visa);
  });

  test.each([
    ['a declined card', 'pm_card_visa_chargeDeclined'],
    ['a card with insufficient funds', 'pm_card_visa_chargeDeclinedInsufficientFunds'],
    ['an expired card', 'pm_card_chargeDeclinedExpiredCard'],
    ['a card whose owner must authenticate', 'pm_card_authenticationRequired'],
    ['a direct debit', 'pm_success_de'],
    ['a payment method that does not exist', 'pm_1NoSuchMethod'],
  ])('%s is a fault of the order, at /paymentMethod, and its id is in no message', async (_case, token) => {
    const check = await account(token);
    const error: unknown = await bench.billing.checkPaymentMethod(check).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      type: 'PaymentMethodDeclined',
      nonRetryable: true,
      details: [{ pointer: '/paymentMethod' }],
    });
    expect(JSON.stringify(error) + String((error as Error).message)).not.toContain(token);
  });

  test.each([
    ['pm_success_de', /direct debit needs a mandate .* Name a card instead\.$/],
    ['pm_card_authenticationRequired', /wants its owner to authenticate\. Name a method .* off-session use\.$/],
  ])('%s is not reported as declined: the message says what it needs', async (token, message) => {
    const check = await account(token);
    await expect(bench.billing.checkPaymentMethod(check)).rejects.toThrow(message);
    expect((await bench.stripe.paymentMethods.list({ customer: check.customer })).data).toEqual([]);
  });

  test('one that belongs to another customer is a fault of the order', async () => {
    const other = await account();
    const attached = await bench.billing.checkPaymentMethod(other);
    const check = await account(attached);
    await expect(bench.billing.checkPaymentMethod(check)).rejects.toMatchObject({ type: 'PaymentMethodDeclined' });
  });
});

describe('activation', () => {
  test('charges the first period once, however often it is requested', async () => {
    const { activation, customer } = await subscribed('pm_card_visa');
    expect(await taken(customer)).toBe(0);
    expect(await bench.billing.activateSubscription(activation)).toEqual({ billing: 'active' });
    expect(await bench.billing.activateSubscription(activation)).toEqual({ billing: 'active' });
    expect(await taken(customer)).toBe(1900);
  });

  test('reports a declined charge as past due, not as an error', async () => {
    const { activation, customer, subscription } = await subscribed('pm_card_chargeCustomerFail');
    expect(await bench.billing.activateSubscription(activation)).toEqual({ billing: 'past_due' });
    expect((await bench.stripe.subscriptions.retrieve(subscription)).status).toBe('past_due');
    expect(await taken(customer)).toBe(0);
  });

  test.each(['refuse', 'lose', 'cut'])(
    'charges once when an answer goes wrong (%s) and the request is repeated',
    async (kind) => {
      const { activation, customer } = await subscribed('pm_card_visa');
      await bench.fault({ kind, method: 'POST', path: '/v1/subscriptions' });
      await bench.billing.activateSubscription(activation).catch(() => undefined);
      expect(await bench.billing.activateSubscription(activation)).toEqual({ billing: 'active' });
      expect(await taken(customer)).toBe(1900);
    },
  );

  test('makes a subscription without a payment method past due', async () => {
    const { customer, tenantId, operationId } = await account();
    const spec = { plan: PLAN, cycle: 'yearly' as const, customer };
    const { id } = await bench.billing.subscription.create(
      resourceContext(bench.billing.subscription, 'global', spec, tenantId),
    );
    const activation = { tenantId, subscription: id, idempotencyKey: `${operationId}:billing-activation:0`, signal };
    expect(await bench.billing.activateSubscription(activation)).toEqual({ billing: 'past_due' });
  });
});

describe('client and errors', () => {
  test.each([
    ['a live key outside production', 'sk_live_1', undefined, /live one/],
    ['a text that is not a key', 'hello', undefined, /not a secret key/],
  ])('refuses %s, without repeating it', (_case, apiKey, url, message) => {
    expect(() => createBilling({ apiKey, url, allowLiveKey: false })).toThrow(message);
    expect(() => createBilling({ apiKey, url, allowLiveKey: false })).not.toThrow(apiKey);
  });

  test('refuses to send a live key anywhere except to Stripe', () => {
    const settings = { apiKey: 'sk_live_1', url: 'http://127.0.0.1:1', allowLiveKey: true };
    expect(() => createBilling(settings)).toThrow(/Stripe itself/);
  });

  test('answers a ping', async () => {
    await expect(bench.billing.ping(signal)).resolves.toBeUndefined();
  });

  const failed = async (kind: string) => {
    await bench.fault({ kind, path: '/v1/account' });
    const error: unknown = await bench.billing.ping(signal).catch((thrown: unknown) => thrown);
    return toFailure(error, 'ping', bench.billing.classify);
  };

  test('a 429 is throttling, a 500 an unknown outcome, a refused connection an unavailable provider', async () => {
    expect(await failed('throttle')).toMatchObject({ type: 'ProviderThrottled', nonRetryable: false });
    expect(await failed('refuse')).toMatchObject({ type: 'OutcomeUnknown', nonRetryable: false });
    const nowhere = createBilling({ apiKey: 'sk_test_x', url: 'http://127.0.0.1:1', allowLiveKey: false });
    const error: unknown = await nowhere.ping(signal).catch((thrown: unknown) => thrown);
    expect(toFailure(error, 'ping', nowhere.classify)).toMatchObject({ type: 'ProviderUnavailable' });
    await nowhere.close();
  });

  test('a missing answer is a lost answer', async () => {
    expect(await failed('hang')).toMatchObject({ type: 'AnswerLost', nonRetryable: false });
  }, 20_000);

  test('a refusal names Stripe’s code and request id, but never its text', async () => {
    const error: unknown = await bench.stripe.customers.retrieve('cus_private').catch((thrown: unknown) => thrown);
    const known = toFailure(error, 'customer of tenant x', bench.billing.classify);
    expect(known).toMatchObject({ type: 'ProviderRefused', nonRetryable: true });
    expect(known.message).toMatch(/resource_missing: id, request req_/);
    expect(known.message).not.toContain('cus_private');
  });
});

describe('invoices of an export', () => {
  test('all invoices of the account are listed, oldest first, and none of an account that is another tenant’s', async () => {
    const paid = await subscribed('pm_card_visa');
    await bench.billing.activateSubscription(paid.activation);
    const invoices = await bench.billing.listInvoices({ customerId: paid.customer, tenantId: paid.tenantId, signal });
    const { data } = await bench.stripe.invoices.list({ customer: paid.customer });
    expect(data.length).toBeGreaterThan(0);
    expect(invoices).toMatchObject(data.map(({ id, total }) => ({ id, total })).reverse());
    expect(await bench.billing.listInvoices({ customerId: paid.customer, tenantId: newTenantId(), signal })).toEqual(
      [],
    );
    expect(await bench.billing.listInvoices({ customerId: 'cus_unknown', tenantId: paid.tenantId, signal })).toEqual(
      [],
    );
  });
});
