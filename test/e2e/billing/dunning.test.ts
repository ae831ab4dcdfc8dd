import Stripe from 'stripe';
import { forwardEvents } from '../../../stack/product/deliveries';
import { startTestProduct, type TestProduct } from '../../helpers/product';
import { eventually } from '../../stack/eventually';

const SECRET = 'whsec_dunning_from_end_to_end';

let product: TestProduct;
let stripe: Stripe;
let endpoint: string | undefined;
beforeAll(async () => {
  product = await startTestProduct({ overrides: { STRIPE_WEBHOOK_SECRET: SECRET } });
  const { url, apiKey } = product.endpoints.stripe!;
  const { hostname: host, port } = new URL(url);
  stripe = new Stripe(apiKey, { host, port, protocol: 'http', telemetry: false });
  await forwardEvents(url, apiKey, { api: product.url, secret: SECRET });
  const { data } = await stripe.webhookEndpoints.list({ limit: 100 });
  endpoint = data.find((each) => each.url.startsWith(product.url))!.id;
}, 400_000);
afterAll(async () => {
  if (endpoint !== undefined) await stripe.webhookEndpoints.del(endpoint);
  await product?.stop();
});

const stateOf = async (tenantId: string): Promise<string> =>
  ((await product.call('operator', 'GET', `/v1/tenants/${tenantId}`)).body as { state: string }).state;
const until = (tenantId: string, state: string) => eventually(async () => (await stateOf(tenantId)) === state, 180_000);
const payments = async (tenantId: string) =>
  (
    await product.registry.query<{ state: string }>(
      `select data ->> 'state' as state from event where tenant_id = $1 and type = 'billing.payment' order by event_id`,
      [tenantId],
    )
  ).rows.map(({ state }) => state);

test('a tenant whose card fails after the first payment is reminded, suspended, and active again once it has paid', async () => {
  const { operationId, tenantId } = await product.order();
  expect(await product.untilEnded(operationId, 240_000)).toMatchObject({ status: 'active' });
  await eventually(async () => (await payments(tenantId)).includes('succeeded'), 60_000);
  const { rows } = await product.registry.query<{ subscription: string; customer: string }>(
    `select max(external_id) filter (where kind = 'billing-subscription') as subscription,
       max(external_id) filter (where kind = 'billing-customer') as customer from resource where tenant_id = $1`,
    [tenantId],
  );
  const { subscription, customer } = rows[0]!;

  const failing = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await stripe.subscriptions.update(subscription, { default_payment_method: failing.id });
  const { url, apiKey } = product.endpoints.stripe!;
  const headers = { authorization: `Bearer ${apiKey}` };
  await fetch(`${url}/_test/subscriptions/${subscription}/renew`, { method: 'POST', headers });
  const [mail] = await product.untilMailed(
    ({ subject, text }) => subject.includes('did not go through') && (text ?? '').includes(operationId),
    120_000,
  );
  expect(mail!.text).toContain('the workspace is suspended');

  // The plan's days pass. Stripe's next attempt wakes the run.
  await product.registry.query(
    `update arrears set since = since - interval '60 days', reminded_at = now() where tenant_id = $1`,
    [tenantId],
  );
  const { latest_invoice: invoice } = await stripe.subscriptions.retrieve(subscription);
  await expect(stripe.invoices.pay(invoice as string)).rejects.toMatchObject({ code: 'card_declined' });
  await until(tenantId, 'suspended');

  const good = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.invoices.pay(invoice as string, { payment_method: good.id });
  await until(tenantId, 'active');
  expect(await payments(tenantId)).toEqual(['succeeded', 'failed', 'failed', 'succeeded']);
  const { rows: changes } = await product.registry.query(
    `select kind, caller, parameters ->> 'reason' as reason from operation where tenant_id = $1 and kind <> 'provision' order by created_at`,
    [tenantId],
  );
  expect(changes).toEqual([
    { kind: 'suspend', caller: 'dunning', reason: 'non_payment' },
    { kind: 'resume', caller: 'dunning', reason: null },
  ]);
}, 900_000);
