import {
  deliveryAcceptedSchema,
  deliveryDetailsSchema,
  deliveryPageSchema,
  redeliveredSchema,
} from '../../../../contract/schemas/webhooks/delivery-schema';
import { endpointCreatedSchema } from '../../../../contract/schemas/webhooks/endpoint-schema';
import { recordAttempt } from '../../../../registry/webhooks/attempts';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { commitEvents, testEvent } from '../../../helpers/events/events';
import { hasPostgres } from '../../../helpers/registry';
import { fanOutAll, messagesTo } from '../../../helpers/webhooks/endpoints';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('messages of webhooks over HTTP: not run, this machine has no PostgreSQL');

const TENANT = 'k3v9x2m4q7w8r5ta';

suite('messages to a webhook endpoint', () => {
  let api: ApiHarness;
  let owner: Client;
  let path: string;
  let endpointId: string;
  beforeAll(async () => {
    api = await startApiHarness();
    owner = await api.as(['webhooks:manage', 'tenants:read']);
  });
  beforeEach(async () => {
    await api.registry.asOwner('truncate webhook_endpoint cascade');
    const made = await owner.post('/v1/webhook-endpoints', { url: 'https://hooks.example.com/' });
    ({ endpointId } = expectAnswer(made, 201, endpointCreatedSchema));
    path = `/v1/webhook-endpoints/${endpointId}`;
  });
  afterAll(() => api.stop());

  /** Makes this many messages, and returns their ids, the oldest first. */
  const messages = async (count: number): Promise<string[]> => {
    await commitEvents(
      api.registry.pool,
      ...Array.from({ length: count }, (_, index) => testEvent(index, { tenantId: TENANT })),
    );
    await fanOutAll(api.registry);
    return (await messagesTo(api.registry, endpointId)).map(({ deliveryId }) => deliveryId);
  };
  const ended = (deliveryId: string, outcome: 'delivered' | 'failed'): Promise<unknown> =>
    recordAttempt(
      api.registry.pool,
      { deliveryId, round: 1, endpointId },
      { at: new Date(), milliseconds: 42, status: outcome === 'failed' ? 500 : 200, answer: 'thanks' },
      { outcome },
      () => [],
    );
  const list = async (query = '') =>
    expectAnswer(await owner.get(`${path}/deliveries${query}`), 200, deliveryPageSchema);
  const states = async (): Promise<string[]> => (await list()).items.map(({ state }) => state).reverse();

  test('are listed newest first with status, duration and the beginning of the answer', async () => {
    const [first, second, third] = await messages(3);
    await ended(first!, 'delivered');
    const page = await list('?limit=2');
    expect(page.items.map(({ deliveryId }) => deliveryId)).toEqual([third, second]);
    const rest = await list(`?limit=2&cursor=${page.nextCursor}`);
    expect(rest.items).toMatchObject([
      { state: 'delivered', attempts: 1, lastAttempt: { status: 200, milliseconds: 42, answer: 'thanks' } },
    ]);
    expect((await list('?state=delivered')).items).toEqual(rest.items);
    expectProblem(await owner.get(`${path}/deliveries?state=sent`), 'invalid-parameter');
  });

  test('are read with body and every attempt', async () => {
    const [first] = await messages(1);
    await ended(first!, 'failed');
    const read = expectAnswer(await owner.get(`${path}/deliveries/${first}`), 200, deliveryDetailsSchema);
    expect(read).toMatchObject({ state: 'failed', tenantId: TENANT, history: [{ attempt: 1, status: 500 }] });
    expect(JSON.parse(read.payload)).toMatchObject({ type: 'evidence.recorded', data: { tenantId: TENANT } });
    expectProblem(await owner.get(`${path}/deliveries/msg_${'0'.repeat(32)}`), 'not-found');
  });

  test('are delivered again one by one, except while they are being delivered', async () => {
    const [first, second] = await messages(2);
    await ended(first!, 'delivered');
    expectAnswer(await owner.post(`${path}/deliveries/${first}:redeliver`), 202, deliveryAcceptedSchema);
    expect(await states()).toEqual(['waiting', 'waiting']);
    expectProblem(await owner.post(`${path}/deliveries/${second}:redeliver`), 'state-conflict');
    expectProblem(await owner.post(`${path}/deliveries/msg_${'0'.repeat(32)}:redeliver`), 'not-found');
  });

  test('are delivered again by a range of time, which leaves delivered ones out unless it asks for them', async () => {
    const [first, second] = await messages(3);
    await ended(first!, 'delivered');
    await ended(second!, 'failed');
    const again = async (body: object) =>
      expectAnswer(await owner.post(`${path}:redeliver`, body), 202, redeliveredSchema);
    const from = new Date(Date.now() - 60_000).toISOString();
    expect(await again({ from, before: from })).toEqual({ count: 0, more: false });
    expect(await again({ from })).toEqual({ count: 1, more: false });
    expect(await states()).toEqual(['delivered', 'waiting', 'waiting']);
    expect(await again({ from, delivered: true })).toEqual({ count: 1, more: false });
    expectProblem(await owner.post(`${path}:redeliver`, {}), 'invalid-body');
  });

  test('are not delivered again to a disabled endpoint', async () => {
    const [first] = await messages(1);
    await owner.post(`${path}:disable`);
    expect(await states()).toEqual(['cancelled']);
    expectProblem(await owner.post(`${path}/deliveries/${first}:redeliver`), 'state-conflict');
    await owner.post(`${path}:enable`);
    expectAnswer(await owner.post(`${path}/deliveries/${first}:redeliver`), 202, deliveryAcceptedSchema);
  });

  test('of a test say what they are', async () => {
    const response = await owner.post(`${path}:test`);
    const { deliveryId } = expectAnswer(response, 202, deliveryAcceptedSchema);
    const read = expectAnswer(await owner.get(response.headers['location']!), 200, deliveryDetailsSchema);
    expect(read).toMatchObject({ deliveryId, type: 'webhook.test', state: 'waiting' });
  });
});
