import {
  ApiError,
  ProvisioningFailed,
  verifyWebhook,
  type Client,
  type Event,
} from '../../clients/typescript/src/index';
import { listEvents } from '../../registry/events/read';
import { newOrder, startTestProduct, type TestProduct } from '../helpers/product';
import { startLine, type CuttableLine } from '../helpers/providers/cuttable-line';
import { startReceiver, type Receiver } from '../helpers/webhooks/receiver';
import { eventually } from '../stack/eventually';

let product: TestProduct;
let line: CuttableLine;
let receiver: Receiver;
let client: Client;
beforeAll(async () => {
  product = await startTestProduct({ overrides: { WEBHOOK_INTERNAL_NETWORKS: '127.0.0.1/32' } });
  line = await startLine(new URL(product.url).host);
  receiver = await startReceiver();
  client = product.client('signup', `http://${line.address}`);
}, 240_000);
afterAll(async () => {
  await line?.close();
  await receiver?.stop();
  await product?.stop();
});

async function logged(operationId: string): Promise<number[]> {
  const { events } = await listEvents(product.registry, { after: 0, limit: 10_000, operationId });
  return events.map(({ sequence }) => sequence);
}

/** Breaks every connection, and refuses new ones for a moment. */
async function cutFor(ms: number): Promise<void> {
  line.cut();
  await new Promise((resolve) => setTimeout(resolve, ms));
  line.mend();
}

test('an order is followed to its result over two cuts of the network, with every event once', async () => {
  const order = newOrder();
  const handle = await client.provision(order);
  const told: Event[] = [];
  let cuts = 0;
  const result = await handle.untilDone({
    timeoutMs: 100_000,
    onEvent: (event) => {
      told.push(event);
      if (event.type !== 'step.state' || cuts === 2 || told.length < 8 * (cuts + 1)) return;
      cuts++;
      void cutFor(400);
    },
  });
  expect(cuts).toBe(2);
  expect(result).toMatchObject({ tenantId: handle.tenantId, status: 'success' });
  expect(result.resources.database).toHaveLength(1);
  expect(told.map(({ sequence }) => sequence)).toEqual(await logged(handle.operationId));
  expect(await handle.status()).toMatchObject({ status: 'active', tenantName: order.tenantName });
}, 180_000);

test('an order whose answer the network loses is placed once', async () => {
  const order = newOrder();
  const lost = line.add({ sends: /^POST \/v1\/tenants /, does: 'lose', times: 1 });
  const { operationId, untilDone } = await client.provision(order);
  expect(lost.met).toBe(1);
  const { rows } = await product.registry.query<{ id: string }>(
    'select operation_id as id from operation where tenant_name = $1',
    [order.tenantName],
  );
  expect(rows).toEqual([{ id: operationId }]);
  await untilDone({ timeoutMs: 100_000 });
}, 180_000);

test('a declined card rejects with the failure, and the events of all tenants go on over a restart of the API', async () => {
  const stop = new AbortController();
  const seen: Event[] = [];
  const following = (async () => {
    for await (const event of product.client('operator').events({ types: ['operation.status'], signal: stop.signal }))
      seen.push(event);
  })();
  await eventually(() =>
    product
      .client('operator')
      .api.GET('/v1/me')
      .then(({ response }) => response.ok),
  );
  const handle = await client.provision(newOrder({ paymentMethod: 'pm_card_chargeDeclined' }));
  await product.kill('api', 'SIGKILL');
  await product.restart('api');
  const error = await handle.untilDone({ timeoutMs: 120_000 }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ProvisioningFailed);
  expect(error).toMatchObject({
    operation: { status: 'failed' },
    failure: { type: 'PaymentMethodDeclined' },
    leftovers: [],
  });
  const isLast = ({ operationId, data }: Event): boolean =>
    operationId === handle.operationId && data['status'] === 'failed';
  await eventually(() => seen.some(isLast), 40_000);
  stop.abort(new Error('seen enough'));
  await expect(following).rejects.toThrow('seen enough');
  expect(new Set(seen.map(({ sequence }) => sequence)).size).toBe(seen.length);
}, 240_000);

test('the same name twice is refused with the field that is wrong', async () => {
  const order = newOrder();
  const handle = await client.provision(order);
  const again = await client.provision(order).catch((caught: unknown) => caught);
  expect(again).toBeInstanceOf(ApiError);
  expect(again).toMatchObject({ status: 409, code: 'name-taken', errors: [{ pointer: '/tenantName' }] });
  await handle.untilDone({ timeoutMs: 100_000 });
}, 180_000);

test('a webhook is received and verified, and not with another secret', async () => {
  const { api } = product.client('integrator');
  const { data } = await api.POST('/v1/webhook-endpoints', {
    body: { url: receiver.url, eventTypes: ['operation.status'] },
  });
  const handle = await client.provision(newOrder());
  await handle.untilDone({ timeoutMs: 100_000 });
  await eventually(() => receiver.received.length > 0, 60_000);
  const [{ headers, body }] = receiver.received as [(typeof receiver.received)[0]];
  const message = verifyWebhook(headers, body, ['whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', data?.secret ?? '']);
  expect(message).toMatchObject({ type: 'operation.status', data: { operationId: handle.operationId } });
  expect(() => verifyWebhook(headers, body, 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')).toThrow();
}, 180_000);
