import request from 'supertest';
import Stripe from 'stripe';
import { createApp } from '../../../../api/app';
import { startRelay } from '../../../../api/temporal/relay';
import { createLogger } from '../../../../api/http/log';
import { eventReceivedSchema } from '../../../../contract/schemas/billing/event-schema';
import { assignEvent } from '../../../../registry/billing/stripe-events';
import { createRegistryPool } from '../../../../registry/database';
import { signedEvent } from '../../../../providers/stripe/signature';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness } from '../../../helpers/api';
import { billedTenant, type BilledTenant } from '../../../helpers/tenants/billing';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('events of Stripe over HTTP: not run, this machine has no PostgreSQL');

const SECRETS = ['whsec_new', 'whsec_old'];
const PATH = '/v1/providers/stripe/events';

suite('an event of Stripe', () => {
  let api: ApiHarness;
  let tenant: BilledTenant;
  let events = 0;
  beforeAll(async () => {
    api = await startApiHarness({ billingEvent: (body, header) => signedEvent(body, header, SECRETS) });
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    tenant = await billedTenant(api.registry);
    Object.assign(api.runs, { down: false, billing: [] });
  });

  const eventOf = (changes: { type?: string; customer?: string } = {}) => {
    const { type = 'invoice.payment_failed', customer = tenant.customerId } = changes;
    const object = { id: `in_${++events}`, object: 'invoice', customer };
    const created = Math.floor(Date.now() / 1000);
    return { id: `evt_${tenant.tenantId}${events}`, object: 'event', type, created, data: { object } };
  };
  const send = async (event: object, { secret = SECRETS[0]!, timestamp = Math.floor(Date.now() / 1000) } = {}) => {
    const payload = JSON.stringify(event, undefined, 2);
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
    return request(api.app).post(PATH).set('stripe-signature', signature).type('json').send(payload);
  };
  const outcomeOf = async (...sent: Parameters<typeof send>) =>
    expectAnswer(await send(...sent), 200, eventReceivedSchema).outcome;
  const stored = async () =>
    (
      await api.registry.pool.query<{ type: string; object: string; told: boolean }>(
        `select type, object_id as object, told_at is not null as told from stripe_event where tenant_id = $1`,
        [tenant.tenantId],
      )
    ).rows;

  test('is stored once with ids only, however often it is sent, and the tenant’s run is told', async () => {
    const event = eventOf();
    expect(await outcomeOf(event)).toBe('recorded');
    expect(await outcomeOf(event)).toBe('recorded');
    expect(await stored()).toEqual([{ type: event.type, object: event.data.object.id, told: true }]);
    const { tenantId, operationId } = tenant;
    expect(api.runs.billing).toContainEqual({ tenantId, operationId });
  });

  test('is accepted with either secret while one replaces the other', async () => {
    expect(await outcomeOf(eventOf(), { secret: SECRETS[1]! })).toBe('recorded');
  });

  test('is refused with a foreign, old or missing signature, and with a body that was changed', async () => {
    expectProblem(await send(eventOf(), { secret: 'whsec_foreign' }), 'malformed-request');
    expectProblem(await send(eventOf(), { timestamp: Math.floor(Date.now() / 1000) - 3600 }), 'malformed-request');
    expectProblem(await request(api.app).post(PATH).type('json').send(JSON.stringify(eventOf())), 'malformed-request');
    const payload = JSON.stringify(eventOf());
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: SECRETS[0]! });
    const changed = request(api.app).post(PATH).set('stripe-signature', signature).type('json').send(`${payload} `);
    expectProblem(await changed, 'malformed-request');
    expect(await stored()).toEqual([]);
  });

  test('is passed over if nothing follows its type, or if the account is no tenant’s', async () => {
    expect(await outcomeOf(eventOf({ type: 'charge.succeeded' }))).toBe('passed-over');
    expect(await outcomeOf(eventOf({ customer: 'cus_foreign' }))).toBe('passed-over');
    expect(await stored()).toEqual([]);
    expect(api.runs.billing).toEqual([]);
  });

  test('about a dispute, which names no account, is stored until a run has read whose it is', async () => {
    const before = api.runs.billingAssignments;
    const { customer: _, ...dispute } = eventOf().data.object;
    const event = { ...eventOf({ type: 'charge.dispute.created' }), data: { object: dispute } };
    expect(await outcomeOf(event)).toBe('recorded');
    expect(api.runs.billingAssignments).toBe(before + 1);
    const { rows } = await api.registry.pool.query(`select tenant_id from stripe_event where event_id = $1`, [
      event.id,
    ]);
    expect(rows).toEqual([{ tenant_id: null }]);
    await assignEvent(api.registry.pool, event.id, tenant.customerId);
    expect(await stored()).toEqual([{ type: event.type, object: dispute.id, told: false }]);
  });

  test('waits in the registry while Temporal is down, and the relay tells the run later', async () => {
    api.runs.down = true;
    expect(await outcomeOf(eventOf())).toBe('recorded');
    expect(await stored()).toMatchObject([{ told: false }]);
    api.runs.down = false;
    const { pool } = api.registry;
    const relay = startRelay({
      pool,
      runs: api.runs,
      logger: createLogger('silent', 'test'),
      intervalMs: 3_600_000,
      graceSeconds: 0,
    });
    await relay.look();
    await relay.stop();
    expect(api.runs.billing).toContainEqual({ tenantId: tenant.tenantId, operationId: tenant.operationId });
    expect(await stored()).toMatchObject([{ told: true }]);
  });

  test('is answered 503 while the registry is down, so that Stripe sends it again', async () => {
    const pool = createRegistryPool('postgres://nobody@127.0.0.1:1/none', 1, 'test');
    const app = createApp({ ...api.dependencies, pool });
    const payload = JSON.stringify(eventOf());
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: SECRETS[0]! });
    const answer = await request(app).post(PATH).set('stripe-signature', signature).type('json').send(payload);
    expectProblem(answer, 'registry-unavailable');
    await pool.end();
  });
});

suite('an API without a secret for events of Stripe', () => {
  let api: ApiHarness;
  beforeAll(async () => void (api = await startApiHarness()));
  afterAll(() => api.stop());

  test('says which variable is missing', async () => {
    const { detail } = expectProblem(await request(api.app).post(PATH).send({}), 'not-found');
    expect(detail).toContain('STRIPE_WEBHOOK_SECRET');
  });
});
