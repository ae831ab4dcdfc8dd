import { createInvoices } from '../../../activities/billing/invoices';
import { createUsage } from '../../../activities/usage/send';
import { invoicePageSchema } from '../../../contract/schemas/billing/invoice-schema';
import { usageReceiptSchema } from '../../../contract/schemas/usage/usage-schema';
import { createBilling, type Billing } from '../../../providers/stripe/stripe';
import { loadTemplates } from '../../../templates/load';
import { expectAnswer, startApiHarness, type ApiHarness } from '../../helpers/api';
import { hasPostgres } from '../../helpers/registry';
import { billedTenant } from '../../helpers/tenants/billing';
import { resourceContext } from '../../providers/kind-suite';
import { startBench, type Bench } from '../../stack/simulators/stripe/support';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('usage on invoices: not run, this machine has no PostgreSQL');

const METER = 'api_requests';

suite('an invoice', () => {
  let api: ApiHarness;
  let bench: Bench;
  let billing: Billing;
  const plan = loadTemplates('templates').get('starter');
  beforeAll(async () => {
    api = await startApiHarness();
    bench = await startBench();
    billing = createBilling({ apiKey: 'sk_test_bench', url: bench.url, allowLiveKey: false });
    await billing.prepareBilling([plan]);
  }, 120_000);
  afterAll(async () => {
    await billing?.close();
    await bench?.close();
    await api?.stop();
  });

  /** A tenant that pays for its plan, on a test clock that stands just before now. */
  async function paying() {
    const { stripe } = bench;
    const { id: clock } = await stripe.testHelpers.testClocks.create({
      frozen_time: Math.floor(Date.now() / 1000) - 60,
    });
    const { id: customer } = await stripe.customers.create({ name: 'Quarry & Sons', test_clock: clock });
    const { id: paymentMethod } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    const { tenantId } = await billedTenant(api.registry, { customerId: customer });
    const spec = { plan, cycle: 'monthly' as const, customer, paymentMethod };
    const made = resourceContext(billing.subscription, 'global', spec, tenantId);
    const { id } = await billing.subscription.create(made);
    const { signal, idempotencyKey } = made;
    await billing.activateSubscription({ tenantId, subscription: id, idempotencyKey: `${idempotencyKey}:a`, signal });
    const items = async () => (await stripe.subscriptions.retrieve(id)).items.data;
    return {
      tenantId,
      meterPrice: (await items()).find(({ price }) => price.lookup_key?.includes(METER))!.price.id,
      /** Lets the current period pass. Resolves with its end. */
      async endPeriod(): Promise<Date> {
        const end = (await items())[0]!.current_period_end;
        await stripe.testHelpers.testClocks.advance(clock, { frozen_time: end + 3600 });
        return new Date(end * 1000);
      },
    };
  }

  const signal = (): AbortSignal => AbortSignal.timeout(60_000);
  const newestInvoice = async (tenantId: string) => {
    const { readInvoices } = createInvoices({ pool: api.registry.pool, billing, signal });
    return invoicePageSchema.parse(await readInvoices({ tenantId, limit: 1 })).items[0]!;
  };

  test('has what an application reported in the period that has ended, and none of it again in the next one', async () => {
    const { tenantId, meterPrice, endPeriod } = await paying();
    const record = { recordId: 'hour-12', tenantId, meter: METER, at: new Date().toISOString(), value: 1200 };
    const application = await api.as(['usage:write']);
    const receipt = await application.post('/v1/usage', { records: [record] });
    expect(expectAnswer(receipt, 200, usageReceiptSchema).refused).toBe(0);
    await createUsage({ pool: api.registry.pool, billing, signal }).sendDueUsage();
    const counted = async (invoiceId: string) => {
      const { data } = await bench.stripe.invoices.listLineItems(invoiceId);
      return data.find(({ pricing }) => pricing?.price_details?.price === meterPrice)?.quantity;
    };

    const end = await endPeriod();
    const invoice = await newestInvoice(tenantId);
    const { monthly } = plan.billing.prices;
    expect(invoice).toMatchObject({ status: 'paid', total: monthly, createdAt: end.toISOString() });
    expect(await counted(invoice.invoiceId)).toBe(1200);

    await endPeriod();
    const next = await newestInvoice(tenantId);
    expect(next).toMatchObject({ status: 'paid', total: monthly });
    expect(await counted(next.invoiceId)).toBe(0);
  }, 120_000);
});
