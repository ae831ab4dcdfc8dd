import Stripe from 'stripe';
import { loadSpec, Validators } from './openapi';
import { clientFor, furnish, inDays, startBench, type Bench } from './support';

const spec = loadSpec();

if (typeof spec === 'string') {
  test.todo(`not run: every answer matches Stripe's published description, because ${spec}`);
} else {
  const validators = new Validators(spec);
  let bench: Bench;
  const seen = new Set<string>();
  const wrong: string[] = [];

  /** A client whose answers are all validated, including errors. */
  const watched = (): Stripe => {
    const { hostname: host, port } = new URL(bench.url);
    const checked: typeof fetch = async (...call) => {
      const answer = await fetch(...call);
      const body: unknown = await answer.clone().json();
      const complaints = answer.ok ? validators.complaints(body) : validators.check('error', body);
      wrong.push(...complaints.map((each) => `${String(call[1]?.method)} ${JSON.stringify(call[0])}: ${each}`));
      seen.add(answer.ok ? String((body as { object: string }).object) : `error ${answer.status}`);
      return answer;
    };
    return new Stripe('sk_test_bench', {
      host,
      port,
      protocol: 'http',
      maxNetworkRetries: 0,
      httpClient: Stripe.createFetchHttpClient(checked),
    });
  };

  beforeAll(async () => void (bench = await startBench()));
  afterAll(() => bench.close());

  test('the validators notice a missing, a wrong and an invented property', async () => {
    const customer = { ...(await clientFor(bench.url).customers.create()) } as Record<string, unknown>;
    expect(validators.complaints(customer)).toEqual([]);
    expect(validators.complaints({ ...customer, livemode: 'no' })).toHaveLength(1);
    expect(validators.complaints({ ...customer, colour: 'red' })).toHaveLength(1);
    expect(validators.complaints({ ...customer, created: undefined })).toHaveLength(1);
  });

  test("every answer matches Stripe's published description", async () => {
    const stripe = watched();
    const { customer, price, product, method } = await furnish(stripe);
    const failing = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id });
    await stripe.customers.update(customer.id, {
      address: { country: 'DE' },
      invoice_settings: { default_payment_method: method.id },
      expand: ['invoice_settings.default_payment_method', 'subscriptions'],
    });
    const intent = (payment_method: string) =>
      stripe.setupIntents.create({ customer: customer.id, confirm: true, payment_method });
    await intent('pm_card_visa');
    await intent('pm_card_authenticationRequired');
    await intent('pm_card_visa_chargeDeclined').catch(() => undefined);
    await stripe.setupIntents.create({
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      expand: ['customer'],
    });
    const meter = await stripe.billing.meters.create({
      display_name: 'Calls',
      event_name: 'calls',
      default_aggregation: { formula: 'sum' },
    });
    await stripe.billing.meterEvents.create({
      event_name: 'calls',
      payload: { stripe_customer_id: customer.id, value: '3' },
    });
    const mistaken = await stripe.billing.meterEvents.create({
      event_name: 'calls',
      payload: { stripe_customer_id: customer.id, value: '5' },
    });
    await stripe.billing.meterEventAdjustments.create({
      type: 'cancel',
      event_name: 'calls',
      cancel: { identifier: mistaken.identifier },
    });
    const day = Math.floor(Date.now() / 86_400_000) * 86_400;
    await stripe.billing.meters.listEventSummaries(meter.id, {
      customer: customer.id,
      start_time: day,
      end_time: day + 86_400,
    });
    const metered = await stripe.prices.create({
      product: product.id,
      currency: 'eur',
      unit_amount: 1,
      recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    });
    const items = [{ price: price.id }, { price: metered.id }];
    const subscribe = (default_payment_method: string, trial_end?: number) =>
      stripe.subscriptions.create({
        customer: customer.id,
        items,
        default_payment_method,
        ...(trial_end === undefined ? {} : { trial_end }),
        expand: ['latest_invoice.payments.data.payment.payment_intent', 'customer', 'default_payment_method'],
      });
    await stripe.invoices.createPreview({
      customer_details: { tax_exempt: 'none' },
      currency: 'eur',
      subscription_details: { items },
    });
    await stripe.invoices.createPreview({ customer: customer.id, subscription_details: { items } });
    const paid = await subscribe(method.id);
    const trial = await subscribe(failing.id, inDays(10));
    const late = await stripe.subscriptions.update(trial.id, { trial_end: 'now', metadata: { a: 'b' } });
    await stripe.invoices.pay(late.latest_invoice as string).catch(() => undefined);
    await stripe.invoices.voidInvoice(late.latest_invoice as string);
    const withheld = await subscribe(method.id, inDays(10));
    await stripe.subscriptions.update(withheld.id, { pause_collection: { behavior: 'void', resumes_at: inDays(20) } });
    await stripe.subscriptions.update(withheld.id, { trial_end: 'now', expand: ['latest_invoice'] });
    await stripe.invoices.listLineItems(late.latest_invoice as string);
    for (const list of [
      stripe.customers,
      stripe.prices,
      stripe.products,
      stripe.invoices,
      stripe.charges,
      stripe.paymentIntents,
      stripe.setupIntents,
      stripe.balanceTransactions,
      stripe.invoicePayments,
    ]) {
      expect((await list.list()).data.length).toBeGreaterThan(0);
    }
    await stripe.balanceTransactions.list({ expand: ['data.source.payment_intent'] });
    await stripe.balance.retrieve();
    await stripe.accounts.retrieveCurrent();
    const plan = paid.items.data[0]!.id;
    const change = { items: [{ id: plan, quantity: 2 }], proration_behavior: 'always_invoice' as const };
    await stripe.invoices.createPreview({ subscription: paid.id, subscription_details: change });
    await stripe.subscriptions.update(paid.id, { ...change, expand: ['latest_invoice'] });
    const [charge] = (await stripe.charges.list({ customer: customer.id })).data.filter((each) => each.paid);
    const refund = await stripe.refunds.create({ charge: charge!.id, amount: 10, expand: ['charge'] });
    await stripe.refunds.retrieve(refund.id);
    await stripe.refunds.list();
    await stripe.balanceTransactions.list({ expand: ['data.source'] });
    const clocks = stripe.testHelpers.testClocks;
    const clock = await clocks.create({ frozen_time: day });
    await stripe.customers.create({ test_clock: clock.id });
    await clocks.advance(clock.id, { frozen_time: day + 60 });
    await clocks.retrieve(clock.id);
    await clocks.list();
    await clocks.del(clock.id);
    const taxed = await stripe.customers.create({ tax_id_data: [{ type: 'eu_vat', value: 'DE123456789' }] });
    await stripe.customers.listTaxIds(taxed.id);
    const contested = await stripe.paymentMethods.attach('pm_card_createDispute', { customer: customer.id });
    await subscribe(contested.id);
    const [dispute] = (await stripe.disputes.list()).data;
    await stripe.disputes.retrieve(dispute!.id);
    await stripe.disputes.close(dispute!.id);
    const endpoint = await stripe.webhookEndpoints.create({
      url: 'http://127.0.0.1:1/',
      enabled_events: ['price.created'],
    });
    await stripe.webhookEndpoints.update(endpoint.id, { disabled: true, description: 'Off' });
    await stripe.webhookEndpoints.retrieve(endpoint.id);
    await stripe.webhookEndpoints.list();
    await stripe.webhookEndpoints.del(endpoint.id);
    const events = await stripe.events.list({ limit: 100 });
    await stripe.events.retrieve(events.data[0]!.id);
    await stripe.subscriptions.cancel(paid.id);
    await stripe.billing.meters.deactivate(meter.id);
    await stripe.paymentMethods.detach(method.id);
    await stripe.customers.del(customer.id);
    await stripe.customers.retrieve(customer.id);
    await stripe.customers.retrieve('cus_none').catch(() => undefined);
    expect(wrong).toEqual([]);
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'customer',
        'subscription',
        'setup_intent',
        'price',
        'product',
        'invoice',
        'payment_method',
        'billing.meter',
        'billing.meter_event',
        'balance',
        'dispute',
        'event',
        'refund',
        'test_helpers.test_clock',
        'webhook_endpoint',
        'account',
        'list',
        'error 402',
        'error 404',
      ]),
    );
  });
}
