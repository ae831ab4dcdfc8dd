import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { createWebhookActivities } from '../../activities/webhooks/attempt';
import { parseNetwork } from '../../contract/webhooks/addresses';
import { createWebhookSender } from '../../providers/webhooks/sender';
import { wakeFollowers } from '../../registry/events/wake';
import { readDelivery, redeliver } from '../../registry/webhooks/deliveries';
import { readSigningSecrets } from '../../registry/webhooks/endpoint-secrets';
import { dispatchWebhooks } from '../../worker/webhooks';
import { commitEvents, testEvent } from '../helpers/events/events';
import { mailDependencies } from '../helpers/events/mailing';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../helpers/registry';
import { startOnQueues, type WorkflowQueues } from '../helpers/temporal/workflow-queues';
import { makeEndpoint, messagesTo, type Message } from '../helpers/webhooks/endpoints';
import { startReceiver, type Receiver } from '../helpers/webhooks/receiver';
import { eventually } from '../stack/eventually';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('dispatch of webhooks: not run, this machine has no PostgreSQL');

const A = 'aaaaaaaaaaaaaaaa';
const B = 'bbbbbbbbbbbbbbbb';

suite('webhooks on their way from the log to a receiver', () => {
  let registry: TestRegistry;
  let queues: WorkflowQueues;
  let receiver: Receiver;
  let endpointId: string;
  let stopping: AbortController;
  let dispatching: Promise<void>;
  beforeAll(async () => {
    registry = await createTestRegistry();
    const webhookSender = createWebhookSender({ internalNetworks: [parseNetwork('127.0.0.1/32')!], version: '1.0.0' });
    queues = await startOnQueues([], () => createWebhookActivities({ ...mailDependencies(registry), webhookSender }));
  }, 180_000);
  afterAll(async () => {
    await queues?.stop();
    await registry?.drop();
  });
  beforeEach(async () => {
    receiver = await startReceiver();
    endpointId = await makeEndpoint(registry, { url: receiver.url });
    begin();
  });
  afterEach(async () => {
    await end();
    await receiver.stop();
    await registry.asOwner('truncate webhook_endpoint, api_token cascade');
  });

  const begin = (): void => {
    stopping = new AbortController();
    dispatching = dispatchWebhooks({
      pool: registry.pool,
      client: queues.env.client,
      publicUrl: 'https://api.example.com',
      logger: pino({ level: 'silent' }),
      stop: stopping.signal,
    });
  };
  const end = async (): Promise<void> => {
    stopping.abort();
    await dispatching;
  };
  const append = (tenantId: string, ...numbers: number[]): Promise<void> =>
    commitEvents(registry.pool, ...numbers.map((number) => testEvent(number, { tenantId })));
  /** The numbers of the events about a tenant that have arrived, each with the id of its message. */
  const arrived = async (tenantId: string): Promise<[number, string][]> => {
    const [secret] = await readSigningSecrets(registry.pool, registry.keys, endpointId);
    const messages = receiver.received.map(({ body, headers }) => ({
      id: String(headers['webhook-id']),
      ...(new Webhook(secret!).verify(body, headers as Record<string, string>) as {
        data: { tenantId: string; answers: number };
      }),
    }));
    return messages
      .filter(({ data }) => data.tenantId === tenantId)
      .map(({ data, id }): [number, string] => [data.answers, id]);
  };
  const numbers = async (tenantId: string): Promise<number[]> => (await arrived(tenantId)).map(([number]) => number);
  const allDelivered = async (count: number): Promise<boolean> =>
    (await messagesTo(registry, endpointId)).filter(({ state }) => state === 'delivered').length === count;

  test('each event arrives once, signed, and in order for its tenant', async () => {
    await Promise.all([append(A, 1, 2, 3), append(B, 4, 5)]);
    await append(A, 6);
    await eventually(() => allDelivered(6), 50_000);
    expect([await numbers(A), await numbers(B)]).toEqual([
      [1, 2, 3, 6],
      [4, 5],
    ]);
  });

  test('a message that fails arrives again with its id, and the next one of its tenant afterwards', async () => {
    receiver.behave(503);
    await append(A, 1, 2);
    await eventually(() => receiver.received.length === 1, 50_000);
    receiver.behave(204);
    await eventually(() => allDelivered(2), 50_000);
    const [first, again, second] = await arrived(A);
    expect(again).toEqual(first);
    expect(second![0]).toBe(2);
  });

  test('a range that is delivered again arrives with the same ids, in order, and without what is outside it', async () => {
    await append(A, 1, 2, 3, 4);
    await append(B, 5);
    await eventually(() => allDelivered(5), 50_000);
    const before = await arrived(A);
    const [, second, third] = await messagesTo(registry, endpointId);
    const createdAt = async ({ deliveryId }: Message): Promise<Date> =>
      (await readDelivery(registry.pool, endpointId, deliveryId))!.createdAt;
    // All were made in one transaction, and so at the same time.
    await registry.pool.query(
      `update webhook_delivery set created_at = created_at + make_interval(mins => (payload::jsonb #>> '{data,answers}')::int)
       where endpoint_id = $1`,
      [endpointId],
    );
    receiver.received.length = 0;
    const range = { from: await createdAt(second!), before: new Date((await createdAt(third!)).getTime() + 1) };
    const all = ['delivered', 'failed', 'cancelled'] as const;
    expect(await redeliver(registry.pool, { endpointId, ...range, states: all, limit: 100 })).toBe(2);
    wakeFollowers(registry.pool);
    await eventually(() => allDelivered(5), 50_000);
    expect(await arrived(A)).toEqual(before.slice(1, 3));
    expect(await arrived(B)).toEqual([]);
  });

  test('what one dispatcher has begun, the next one finishes, and two at a time send nothing twice', async () => {
    receiver.behave((response) => void setTimeout(() => response.writeHead(204).end(), 500));
    await append(A, 1, 2, 3, 4);
    await eventually(() => receiver.received.length === 1, 50_000);
    await end();
    const left = receiver.received.length;
    expect(left).toBeLessThan(4);
    begin();
    const other = { stopping, dispatching };
    begin();
    await eventually(() => allDelivered(4), 50_000);
    other.stopping.abort();
    await other.dispatching;
    expect(await numbers(A)).toEqual([1, 2, 3, 4]);
  });
});
