import { startBench, type Bench } from './support';

let bench: Bench;
beforeAll(async () => void (bench = await startBench()));
afterAll(() => bench.close());

const confirm = (payment_method: string, customer: string) =>
  bench.stripe.setupIntents.create({
    confirm: true,
    customer,
    payment_method,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    usage: 'off_session',
  });

test('a good card is confirmed and stored with the customer', async () => {
  const customer = await bench.stripe.customers.create();
  const intent = await confirm('pm_card_visa', customer.id);
  expect(intent.status).toBe('succeeded');
  const { data } = await bench.stripe.paymentMethods.list({ customer: customer.id, type: 'card' });
  expect(data).toEqual([expect.objectContaining({ id: intent.payment_method, customer: customer.id })]);
});

test.each(['pm_success_de', 'pm_success_at'])('the debit %s cannot be set up without a mandate', async (token) => {
  const customer = await bench.stripe.customers.create();
  const missing = {
    type: 'StripeInvalidRequestError',
    statusCode: 400,
    code: 'parameter_missing',
    param: 'mandate_data',
  };
  await expect(confirm(token, customer.id)).rejects.toMatchObject(missing);
  const later = await bench.stripe.setupIntents.create({ customer: customer.id, payment_method: token });
  await expect(bench.stripe.setupIntents.confirm(later.id)).rejects.toMatchObject(missing);
  expect((await bench.stripe.paymentMethods.list({ customer: customer.id })).data).toEqual([]);
  expect(await bench.stripe.paymentMethods.retrieve(later.payment_method as string)).toMatchObject({
    type: 'sepa_debit',
    sepa_debit: { country: token.slice(-2).toUpperCase() },
  });
});

// https://docs.stripe.com/testing, "Declined payments"
test.each([
  ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
  ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
  ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
  ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
  ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_declined', 'card_velocity_exceeded'],
  ['pm_card_chargeDeclinedExpiredCard', 'expired_card', ''],
  ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', ''],
  ['pm_card_chargeDeclinedProcessingError', 'processing_error', ''],
])(
  '%s is declined when it is confirmed and when it is attached, and is not stored',
  async (token, code, declineCode) => {
    const customer = await bench.stripe.customers.create();
    const declined = { type: 'StripeCardError', statusCode: 402, code, decline_code: declineCode };
    await expect(confirm(token, customer.id)).rejects.toMatchObject(declined);
    await expect(bench.stripe.paymentMethods.attach(token, { customer: customer.id })).rejects.toMatchObject(declined);
    expect((await bench.stripe.paymentMethods.list({ customer: customer.id })).data).toEqual([]);
    const [intent] = (await bench.stripe.setupIntents.list({ customer: customer.id })).data;
    expect(intent).toMatchObject({ status: 'requires_payment_method', last_setup_error: { code } });
  },
);

test('a card that requires authentication waits for action', async () => {
  const customer = await bench.stripe.customers.create();
  expect((await confirm('pm_card_authenticationRequired', customer.id)).status).toBe('requires_action');
});

test('an unknown payment method is named', async () => {
  const customer = await bench.stripe.customers.create();
  await expect(confirm('pm_none', customer.id)).rejects.toMatchObject({
    statusCode: 400,
    code: 'resource_missing',
    param: 'payment_method',
  });
});
