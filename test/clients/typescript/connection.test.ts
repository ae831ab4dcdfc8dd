import { inspect } from 'node:util';
import { ApiError, ConnectionFailed, createClient, dataOf, type Client } from '../../../clients/typescript/src/index';
import { newOrder } from '../../helpers/product';
import { sendJson, sendProblem, startFakeApi, type FakeApi } from './fake-api';

const TOKEN = 'tp_abcdefgh_a-secret-that-must-not-be-shown';
const ACCEPTED = { tenantId: 'tenant1', operationId: 'op_1', status: 'pending' };

let fake: FakeApi;
let client: Client;
beforeEach(async () => {
  fake = await startFakeApi();
  client = createClient({ baseUrl: fake.url, token: TOKEN });
});
afterEach(() => fake.stop());

const approve = (): Promise<object> =>
  dataOf(
    client.api.POST('/v1/operations/{operationId}/approval', {
      params: { path: { operationId: 'op_1' } },
      body: { decision: 'approve' },
    }),
  );

test('every request carries the token, and an address may end in a slash', async () => {
  fake.serve = (_asked, response) => sendJson(response, 200, { items: [] });
  const tenants = createClient({ baseUrl: `${fake.url}/`, token: () => Promise.resolve('tp_current') });
  await dataOf(tenants.api.GET('/v1/tenants', { params: { query: { state: 'active' } } }));
  expect(fake.asked).toMatchObject([
    { path: '/v1/tenants?state=active', headers: { authorization: 'Bearer tp_current' } },
  ]);
});

test('an order whose answer is lost is repeated with the same idempotency key', async () => {
  fake.serve = (_asked, response) => {
    if (fake.asked.length === 1) response.destroy();
    else sendJson(response, 202, ACCEPTED);
  };
  const order = newOrder();
  const { operationId, tenantId } = await client.provision(order);
  expect({ operationId, tenantId }).toEqual({ operationId: 'op_1', tenantId: 'tenant1' });
  const [first, second] = fake.asked;
  expect(second).toMatchObject({ body: JSON.stringify(order), headers: { 'idempotency-key': expect.any(String) } });
  expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
});

test('a report of usage whose answer is lost is repeated, because its records count once', async () => {
  const receipt = { results: [{ tenantId: 'tenant1', recordId: 'hour-12', outcome: 'recorded' as const }], refused: 0 };
  fake.serve = (_asked, response) => {
    if (fake.asked.length === 1) response.destroy();
    else sendJson(response, 200, receipt);
  };
  const record = {
    tenantId: 'tenant1',
    recordId: 'hour-12',
    meter: 'api_requests',
    at: '2026-01-31T12:00:00Z',
    value: 1,
  };
  expect(await client.reportUsage({ records: [record] })).toEqual(receipt);
  expect(fake.asked).toMatchObject([{ path: '/v1/usage' }, { path: '/v1/usage' }]);
});

test('an order whose answer breaks off in the middle is repeated', async () => {
  fake.serve = (_asked, response) => {
    if (fake.asked.length > 1) return sendJson(response, 202, ACCEPTED);
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': 500 }).write('{"tenantId":');
    setTimeout(() => response.destroy(), 50);
  };
  expect((await client.provision(newOrder())).operationId).toBe('op_1');
});

test('the caller’s own idempotency key is sent', async () => {
  fake.serve = (_asked, response) => sendJson(response, 202, ACCEPTED);
  await client.suspend('tenant1', { reason: 'abuse' }, { idempotencyKey: 'case-17' });
  expect(fake.asked).toMatchObject([
    { path: '/v1/tenants/tenant1:suspend', headers: { 'idempotency-key': 'case-17' } },
  ]);
});

test('a request that is not safe to repeat is sent once', async () => {
  fake.serve = (_asked, response) => response.destroy();
  await expect(approve()).rejects.toThrow(ConnectionFailed);
  fake.serve = (_asked, response) => sendProblem(response, 503, 'temporal-unavailable');
  await expect(approve()).rejects.toMatchObject({ code: 'temporal-unavailable' });
  expect(fake.asked).toHaveLength(2);
});

test('Retry-After is waited for before a request is repeated', async () => {
  const times: number[] = [];
  fake.serve = (_asked, response) => {
    times.push(performance.now());
    if (times.length === 1) sendProblem(response, 429, 'too-many-requests', { headers: { 'retry-after': '1' } });
    else sendJson(response, 200, { items: [] });
  };
  await dataOf(client.api.GET('/v1/tenants'));
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(990);
});

test('a wait that is longer than the time for repetitions is left to the caller', async () => {
  fake.serve = (_asked, response) =>
    sendProblem(response, 503, 'registry-unavailable', { headers: { 'retry-after': '3600' } });
  await expect(dataOf(client.api.GET('/v1/tenants'))).rejects.toMatchObject({ status: 503, retryAfterMs: 3_600_000 });
  expect(fake.asked).toHaveLength(1);
});

test('a problem document becomes an error with everything in it', async () => {
  const errors = [{ pointer: '/tenantName', detail: 'Choose another name.' }];
  fake.serve = (_asked, response) =>
    sendProblem(response, 409, 'name-taken', { detail: 'Another tenant has it.', requestId: 'r-1', errors });
  const error = await client.provision(newOrder()).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    status: 409,
    type: 'https://api.example/problems/name-taken',
    code: 'name-taken',
    title: 'Title of name-taken',
    detail: 'Another tenant has it.',
    requestId: 'r-1',
    errors,
    message:
      'POST /v1/tenants was answered 409: Title of name-taken. Another tenant has it. /tenantName: Choose another name.',
  });
});

test('an error page of a proxy is an error without its text', async () => {
  fake.serve = (asked, response) => response.writeHead(400).end(`<p>${asked.headers.authorization}</p>`);
  const error: unknown = await dataOf(client.api.GET('/v1/me')).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ status: 400, type: 'about:blank' });
  expect(inspect(error, { depth: 9 })).not.toContain(TOKEN);
});

test('no error holds the token', async () => {
  const caught: unknown[] = [];
  const note = (error: unknown): void => void caught.push(error);
  fake.serve = (_asked, response) => response.destroy();
  await approve().catch(note);
  fake.serve = (_asked, response) => sendProblem(response, 401, 'unauthenticated');
  await approve().catch(note);
  fake.serve = () => {};
  await createClient({ baseUrl: fake.url, token: TOKEN, timeoutMs: 50, retryForMs: 0 }).operation('op_1').catch(note);
  await fake.goDown();
  await approve().catch(note);
  expect(caught).toMatchObject([
    { name: 'ConnectionFailed' },
    { name: 'ApiError' },
    { name: 'ConnectionFailed', message: expect.stringContaining('took too long') },
    { name: 'ConnectionFailed' },
  ]);
  for (const error of caught) expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('a-secret');
});

test('a request that its caller gives up rejects with the caller’s reason', async () => {
  const reason = new Error('not needed any more');
  const controller = new AbortController();
  fake.serve = () => controller.abort(reason);
  await expect(client.provision(newOrder(), { signal: controller.signal })).rejects.toBe(reason);
});
