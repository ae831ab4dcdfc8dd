import { Webhook } from 'standardwebhooks';
import { createApiToken } from '../../registry/credentials/api-tokens';
import { startTestProduct, type Answer, type Mail, type Ordered, type TestProduct } from '../helpers/product';
import { startReceiver, type Received, type Receiver } from '../helpers/webhooks/receiver';
import { eventually } from '../stack/eventually';
import { listEvents } from '../../registry/events/read';

let product: TestProduct;
const receivers: Receiver[] = [];
beforeAll(async () => {
  product = await startTestProduct({ overrides: { WEBHOOK_INTERNAL_NETWORKS: '127.0.0.1/32' } });
}, 240_000);
afterAll(async () => {
  await product?.stop();
  await Promise.all(receivers.map((receiver) => receiver.stop()));
});

interface Endpoint {
  receiver: Receiver;
  path: string;
  endpointId: string;
  secret: string;
}

type Caller = Parameters<TestProduct['call']>[0];

async function endpoint(body: object = {}, caller: Caller = 'integrator'): Promise<Endpoint> {
  const receiver = await startReceiver();
  receivers.push(receiver);
  const made = await product.call(caller, 'POST', '/v1/webhook-endpoints', { url: receiver.url, ...body });
  expect(made.status).toBe(201);
  const { endpointId, secret } = made.body as { endpointId: string; secret: string };
  return { receiver, endpointId, secret, path: `/v1/webhook-endpoints/${endpointId}` };
}

const call = (method: string, path: string, body?: object): Promise<Answer> =>
  product.call('integrator', method, path, body);

interface Message {
  id: string;
  type: string;
  sequence: number;
  operationId?: string;
}

/** A message that verifies. */
function verified({ secret }: Endpoint, { body, headers }: Received): Message {
  const { type, data } = new Webhook(secret).verify(body, headers as Record<string, string>) as {
    type: string;
    data: Omit<Message, 'id' | 'type'>;
  };
  return { ...data, type, id: String(headers['webhook-id']) };
}

/** The events of an operation that matter here, in order: type and number. */
async function logOf({ operationId }: Ordered, types?: string[]): Promise<[string, number][]> {
  const { events } = await listEvents(product.registry, { after: 0, limit: 10_000, operationId });
  return events
    .filter(({ type }) => types === undefined || types.includes(type))
    .map(({ type, sequence }) => [type, sequence]);
}

interface ListedDelivery {
  deliveryId: string;
  state: string;
  attempts: number;
  lastAttempt?: { status?: number; problem?: string; answer?: string };
}

const deliveries = async ({ path }: Endpoint): Promise<ListedDelivery[]> =>
  (await call('GET', `${path}/deliveries`)).body.items as ListedDelivery[];

/** Sends a test message and resolves once it has been tried. */
async function tested(of: Endpoint): Promise<ListedDelivery> {
  const { body, headers, status } = await call('POST', `${of.path}:test`);
  expect(status).toBe(202);
  const read = async () => (await call('GET', headers.get('location')!)).body as ListedDelivery;
  await eventually(async () => (await read()).attempts > 0, 40_000);
  expect((await read()).deliveryId).toBe(body.deliveryId);
  return read();
}

test('a provisioned tenant’s events arrive once each, in order and signed, and end with the tenant active', async () => {
  const of = await endpoint();
  const ordered = await product.order();
  expect(await product.untilEnded(ordered.operationId)).toMatchObject({ status: 'active' });
  const expected = await logOf(ordered);
  expect(expected.length).toBeGreaterThan(20);
  const own = (): Message[] =>
    of.receiver.received.map((request) => verified(of, request)).filter((m) => m.operationId === ordered.operationId);
  await eventually(() => own().length >= expected.length, 60_000);
  expect(own().map(({ type, sequence }) => [type, sequence])).toEqual(expected);
  expect(new Set(own().map(({ id }) => id)).size).toBe(expected.length);
  const bodies = of.receiver.received.map(({ body }) => body).join();
  for (const personal of [ordered.order.adminUser.email, ordered.order.organizationName, ordered.order.tenantName])
    expect(bodies).not.toContain(personal);
}, 240_000);

test('a receiver that fails and recovers gets the same message again, and those behind it afterwards', async () => {
  const of = await endpoint({ eventTypes: ['operation.status'] });
  of.receiver.behave(500);
  const ordered = await product.order();
  await eventually(() => of.receiver.received.length >= 2, 60_000);
  const [first, second] = of.receiver.received.map((request) => verified(of, request));
  expect(second).toEqual(first);
  of.receiver.behave(204);
  await product.untilEnded(ordered.operationId);
  const expected = await logOf(ordered, ['operation.status']);
  await eventually(
    async () => (await deliveries(of)).filter(({ state }) => state === 'delivered').length >= expected.length,
    // The next attempt may be half a minute away.
    60_000,
  );
  const order = [...new Set(of.receiver.received.map((request) => verified(of, request).sequence))];
  expect(order).toEqual(expected.map(([, sequence]) => sequence));
}, 240_000);

test('answers of every kind are recorded with their beginning', async () => {
  const of = await endpoint({ eventTypes: ['restore.state'] });
  of.receiver.behave((response) => response.writeHead(500).end('out of order'));
  expect(await tested(of)).toMatchObject({ state: 'trying', lastAttempt: { status: 500, answer: 'out of order' } });
  of.receiver.behave((response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
  expect(await tested(of)).toMatchObject({ state: 'trying', lastAttempt: { status: 302 } });
  of.receiver.behave((response) => response.writeHead(200).end(Buffer.alloc(100_000_000, 'x')));
  expect(await tested(of)).toMatchObject({ state: 'delivered', lastAttempt: { answer: 'x'.repeat(4096) } });
  of.receiver.behave((response) => void setTimeout(() => response.writeHead(204).end(), 3_000));
  expect(await tested(of)).toMatchObject({ state: 'delivered', lastAttempt: { status: 204 } });
  of.receiver.behave(() => {});
  expect(await tested(of)).toMatchObject({ lastAttempt: { problem: 'There was no answer in time.' } });
});

test('an endpoint that answers 410 is disabled, and the operators are told', async () => {
  const of = await endpoint({ eventTypes: ['restore.state'] });
  of.receiver.behave(410);
  expect(await tested(of)).toMatchObject({ state: 'failed' });
  expect((await call('GET', of.path)).body).toMatchObject({ state: 'disabled', disabledBecause: 'gone' });
  const [mail] = await product.untilMailed(({ subject }: Mail) => subject.includes(of.endpointId));
  expect(mail!.to[0]!.address).toBe('operators@example.com');
});

test('an internal address that is not configured is not contacted', async () => {
  const other = await startReceiver('127.0.0.2');
  receivers.push(other);
  // The API takes a name, and the worker finds out where it leads.
  const of = await endpoint();
  await product.registry.query(`update webhook_endpoint set url = $2 where endpoint_id = $1`, [
    of.endpointId,
    other.url,
  ]);
  expect(await tested(of)).toMatchObject({
    lastAttempt: { problem: 'The host has an address that is not public; no request was sent.' },
  });
  expect(other.received).toEqual([]);
});

test('a caller that sees only its own operations receives nothing about those of others', async () => {
  const roles = ['webhooks:manage', 'tenants:order'];
  const { token } = await createApiToken(product.registry, {
    name: 'partner',
    roles,
    expiresAt: new Date(Date.now() + 3_600_000),
  });
  const of = await endpoint({ eventTypes: ['operation.status'] }, { token });
  const all = await endpoint({ eventTypes: ['operation.status'] });
  const foreign = await product.order();
  await eventually(() => all.receiver.received.length > 0, 60_000);
  await product.untilEnded(foreign.operationId);
  expect(of.receiver.received).toEqual([]);
}, 240_000);

test('a worker that is killed between two messages leaves none out and keeps their order', async () => {
  const of = await endpoint({ eventTypes: ['operation.status', 'step.state'] });
  const ordered = await product.order();
  await eventually(() => of.receiver.received.length >= 3, 60_000);
  await product.kill('worker', 'SIGKILL');
  const before = of.receiver.received.length;
  await product.restart('worker');
  await product.untilEnded(ordered.operationId, 120_000);
  const expected = await logOf(ordered, ['operation.status', 'step.state']);
  const sequences = (): number[] => [...new Set(of.receiver.received.map((request) => verified(of, request).sequence))];
  await eventually(() => sequences().length >= expected.length, 120_000);
  expect(sequences()).toEqual(expected.map(([, sequence]) => sequence));
  // At most the message under way was sent twice.
  expect(of.receiver.received.length - expected.length).toBeLessThanOrEqual(1);
  expect(before).toBeLessThan(expected.length);
}, 300_000);

test('after a rotation, messages verify with the old and the new secret', async () => {
  const of = await endpoint({ eventTypes: ['restore.state'] });
  const { secret } = (await call('POST', `${of.path}:rotate-secret`)).body as { secret: string };
  expect(await tested(of)).toMatchObject({ state: 'delivered' });
  const [request] = of.receiver.received;
  expect(verified(of, request!).type).toBe('webhook.test');
  expect(verified({ ...of, secret }, request!).type).toBe('webhook.test');
  expect(product.logs()).not.toContain(secret.slice(6));
});
