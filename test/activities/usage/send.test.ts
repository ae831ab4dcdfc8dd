import { createUsage, sendLastUsage } from '../../../activities/usage/send';
import type { UsageCounts } from '../../../contract/usage/billing';
import { createBilling, type Billing } from '../../../providers/stripe/stripe';
import { markPresent } from '../../../registry/ledger/ledger';
import { expectAnswer, startApiHarness, type ApiHarness, type Client } from '../../helpers/api';
import { usageReceiptSchema } from '../../../contract/schemas/usage/usage-schema';
import { readUnbilled } from '../../../registry/views/attention/unbilled';
import { intended } from '../../helpers/ledger';
import { hasPostgres } from '../../helpers/registry';
import { meteredTenant } from '../../helpers/tenants/usage';
import { startBench, type Bench } from '../../stack/simulators/stripe/support';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('usage on its way to Stripe: not run, this machine has no PostgreSQL');

const DAY_MS = 86_400_000;

/** The plan that the test's Stripe is prepared for: the meters of the starter template. */
const PLAN = {
  subscriptionPlan: 'starter' as const,
  templateName: 'Starter',
  billing: {
    currency: 'eur',
    prices: { monthly: 1900, yearly: 19_000 },
    meters: [{ eventName: 'api_requests', displayName: 'API requests' }],
  },
};

suite('usage that an application reports arrives at Stripe', () => {
  let api: ApiHarness;
  let application: Client;
  let bench: Bench;
  let billing: Billing;
  let tenantId: string;
  let customer: string;
  beforeAll(async () => {
    api = await startApiHarness();
    application = await api.as(['usage:write']);
    bench = await startBench();
    billing = createBilling({ apiKey: 'sk_test_bench', url: bench.url, allowLiveKey: false });
    await billing.prepareBilling([PLAN]);
  });
  afterAll(async () => {
    await billing?.close();
    await bench?.close();
    await api?.stop();
  });
  beforeEach(async () => {
    // A round sends what is due of every tenant, so each test starts without the others' records.
    await api.registry.pool.query(`delete from usage_record`);
    tenantId = await meteredTenant(api.registry);
    ({ id: customer } = await bench.stripe.customers.create({ name: 'Quarry & Sons' }));
    await giveAccount();
  });

  async function giveAccount(): Promise<void> {
    const { rows } = await api.registry.pool.query<{ operationId: string }>(
      `select operation_id as "operationId" from tenant where tenant_id = $1`,
      [tenantId],
    );
    const resourceId = await intended(api.registry.pool, {
      tenantId,
      operationId: rows[0]!.operationId,
      step: 'integrations',
      kind: 'billing-customer',
      provider: 'stripe',
      region: 'global',
      cell: '',
      name: `t-${tenantId}`,
    });
    await markPresent(api.registry.pool, resourceId, customer, {});
  }

  async function report(value: number, changes: { recordId?: string; revision?: number; at?: Date } = {}) {
    const { recordId = 'hour-12', revision = 1, at = new Date(new Date().setUTCHours(0, 0, 0, 0)) } = changes;
    const record = { recordId, revision, tenantId, meter: 'api_requests', at: at.toISOString(), value };
    const answer = expectAnswer(await application.post('/v1/usage', { records: [record] }), 200, usageReceiptSchema);
    expect(answer.refused).toBe(0);
  }
  const round = async (): Promise<UsageCounts> => {
    const signal = () => AbortSignal.timeout(30_000);
    return (await createUsage({ pool: api.registry.pool, billing, signal }).sendDueUsage()).counts;
  };
  /** Makes records due that wait for their next attempt. */
  const wait = () => api.registry.pool.query(`update usage_record set bill_at = now() where bill_at is not null`);

  async function counted(): Promise<number> {
    const { data: meters } = await bench.stripe.billing.meters.list({ status: 'active' });
    const meter = meters.find(({ event_name }) => event_name === 'api_requests')!;
    const day = Math.floor(Date.now() / DAY_MS) * 86_400;
    const span = { customer, start_time: day - 40 * 86_400, end_time: day + 2 * 86_400 };
    const { data } = await bench.stripe.billing.meters.listEventSummaries(meter.id, span);
    return data[0]?.aggregated_value ?? 0;
  }
  async function states(): Promise<Record<string, number>> {
    const { rows } = await api.registry.pool.query<{ state: string; count: string }>(
      `select state, count(*) from usage_meter_event where tenant_id = $1 group by state`,
      [tenantId],
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
  }

  test('once, with the event that its limit is reached', async () => {
    await report(1_000);
    expect(await round()).toEqual({ sent: 1, cancelled: 0, refused: 0, waiting: 0 });
    expect(await round()).toEqual({ sent: 0, cancelled: 0, refused: 0, waiting: 0 });
    expect(await counted()).toBe(1_000);
    const { rows } = await api.registry.pool.query(
      `select type, data ->> 'meter' as meter from event where tenant_id = $1 and type like 'usage.%'`,
      [tenantId],
    );
    expect(rows).toEqual([{ type: 'usage.quota-reached', meter: 'api_requests' }]);
  });

  test('once, although the first answer was lost', async () => {
    await report(40);
    await bench.fault({ method: 'POST', path: '/v1/billing/meter_events', kind: 'cut' });
    expect(await round()).toMatchObject({ sent: 0, waiting: 1 });
    expect(await states()).toEqual({ sending: 1 });
    await wait();
    expect(await round()).toMatchObject({ sent: 1, waiting: 0 });
    expect(await counted()).toBe(40);
  });

  test('corrected: what was sent lately is taken back', async () => {
    await report(40);
    await round();
    await report(25, { revision: 2 });
    expect(await round()).toMatchObject({ sent: 1, cancelled: 1 });
    expect(await counted()).toBe(25);
    expect(await states()).toEqual({ cancelled: 1, sent: 1 });
  });

  test('corrected: what was sent too long ago is followed by the difference', async () => {
    await report(40);
    await round();
    await api.registry.pool.query(`update usage_meter_event set sent_at = now() - interval '25 hours'`);
    await report(25, { revision: 2 });
    expect(await round()).toMatchObject({ sent: 1, cancelled: 0 });
    await report(60, { revision: 3 });
    // The event of the second revision is young: it is taken back, so that the third makes up for it.
    expect(await round()).toMatchObject({ sent: 1, cancelled: 1 });
    expect(await counted()).toBe(60);
  });

  test('corrected while the answer to its first value is missing: first what was sent, then the correction', async () => {
    await report(40);
    await bench.fault({ method: 'POST', path: '/v1/billing/meter_events', kind: 'cut' });
    await round();
    await report(25, { revision: 2 });
    await round();
    await wait();
    await round();
    expect(await counted()).toBe(25);
  });

  test('unless Stripe takes no usage of that time any more, which is written down', async () => {
    await report(40, { at: new Date(Date.now() - 36 * DAY_MS) });
    expect(await round()).toMatchObject({ sent: 0, refused: 1 });
    expect(await round()).toMatchObject({ refused: 0 });
    expect(await states()).toEqual({ late: 1 });
  });

  test('unless no answer came for as long as the identifier protects a repetition: then a person decides', async () => {
    await report(40);
    await bench.fault({ method: 'POST', path: '/v1/billing/meter_events', kind: 'cut' });
    await round();
    await api.registry.pool.query(`update usage_meter_event set unanswered_since = now() - interval '25 hours'`);
    await wait();
    expect(await round()).toMatchObject({ sent: 0, refused: 1 });
    expect(await states()).toEqual({ unknown: 1 });
    const item = { tenantId, meter: 'api_requests', state: 'unknown', records: 1 };
    expect(await readUnbilled(api.registry.pool)).toMatchObject({ count: 1, items: [item] });
    await report(39, { revision: 2 });
    await round();
    expect((await readUnbilled(api.registry.pool)).count).toBe(0);
  });

  test('later, when Stripe first refuses it', async () => {
    const { data } = await bench.stripe.billing.meters.list({ status: 'active' });
    const { id } = data.find(({ event_name }) => event_name === 'api_requests')!;
    await bench.stripe.billing.meters.deactivate(id);
    await report(40);
    expect(await round()).toMatchObject({ sent: 0, refused: 1 });
    expect(await states()).toEqual({ refused: 1 });
    await bench.stripe.billing.meters.reactivate(id);
    await wait();
    expect(await round()).toMatchObject({ sent: 1 });
    expect(await counted()).toBe(40);
  });

  test('before its tenant is removed, corrections included', async () => {
    await report(40);
    await bench.fault({ method: 'POST', path: '/v1/billing/meter_events', kind: 'cut' });
    await round();
    await report(25, { revision: 2 });
    const signal = () => AbortSignal.timeout(30_000);
    await sendLastUsage({ pool: api.registry.pool, billing, signal }, tenantId);
    expect(await counted()).toBe(25);
  });

  test('only when the tenant has an account, and until then waits', async () => {
    await api.registry.pool.query(
      `update resource set state = 'absent' where kind = 'billing-customer' and tenant_id = $1`,
      [tenantId],
    );
    await report(40);
    expect(await round()).toMatchObject({ sent: 0, waiting: 0 });
    await api.registry.pool.query(
      `update resource set state = 'present' where kind = 'billing-customer' and tenant_id = $1`,
      [tenantId],
    );
    expect(await round()).toMatchObject({ sent: 1 });
  });

  test('while Stripe is down nothing is lost, and the round ends early', async () => {
    for (let hour = 0; hour < 12; hour++) await report(1, { recordId: `hour-${hour}` });
    await bench.fault({ method: 'POST', path: '/v1/billing/meter_events', kind: 'throttle', times: 12 });
    await expect(round()).rejects.toThrow('usage of tenant');
    for (let tries = 0; tries < 4 && (await counted()) < 12; tries++) {
      await wait();
      await round().catch(() => undefined);
    }
    expect(await counted()).toBe(12);
  });
});
