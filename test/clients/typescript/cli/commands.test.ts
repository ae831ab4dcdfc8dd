import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  beginStream,
  frameOf,
  operation,
  positionOf,
  sendJson,
  sendProblem,
  startFakeApi,
  statusEvent,
  stepEvent,
  type FakeApi,
} from '../fake-api';
import { tenants, type Called, type CallOptions } from './tenants';

const TOKEN = 'tp_abcdefgh_a-secret-that-must-not-be-shown';
/** Clears the screen, and turns the direction of text. */
const HOSTILE = 'acme\u001b[2J\u009b31m\u202Eevil';

let fake: FakeApi;
const dir = mkdtempSync(join(tmpdir(), 'tenants-'));
beforeEach(async () => {
  fake = await startFakeApi();
});
afterEach(() => fake.stop());
afterAll(() => rmSync(dir, { recursive: true }));

function call(args: readonly string[], options: CallOptions = {}): Promise<Called> {
  return tenants(args, { ...options, env: { TENANTS_SERVER: fake.url, TENANTS_TOKEN: TOKEN, ...options.env } });
}

/** Serves an operation whose events end with `events`. */
function serve(now: ReturnType<typeof operation>, ...events: ReturnType<typeof stepEvent>[]): void {
  fake.serve = (asked, response) => {
    if (asked.method === 'POST')
      return sendJson(response, 202, { operationId: 'op_1', tenantId: 'tenant1', status: 'pending' });
    if (!asked.path.endsWith('/events')) return sendJson(response, 200, now);
    const due = events.filter(({ sequence }) => sequence > positionOf(asked));
    if (due.length === 0 && now.completedAt !== undefined) return response.writeHead(204).end();
    beginStream(response);
    response.write(due.map(frameOf).join(''));
    if (now.completedAt !== undefined) response.end();
  };
}

const ended = { completedAt: '2026-01-31T12:01:00.000Z' };

test('an order is read from standard input and answered as JSON', async () => {
  serve(operation('pending'));
  const order = { tenantName: 'acme' };
  const { status, stdout } = await call(['order', '-', '--idempotency-key', 'k-1'], { input: JSON.stringify(order) });
  expect({ status, result: JSON.parse(stdout) }).toEqual({
    status: 0,
    result: { operationId: 'op_1', tenantId: 'tenant1' },
  });
  expect(fake.asked).toMatchObject([
    { path: '/v1/tenants', body: JSON.stringify(order), headers: { 'idempotency-key': 'k-1' } },
  ]);
});

test.each([
  ['is active', 'active', 0],
  ['has failed', 'failed', 1],
] as const)('an order that %s after watching it ends with %s: status %i', async (_what, status, exit) => {
  serve(operation(status, ended), stepEvent(1), statusEvent(2, status));
  const called = await call(['watch', 'op_1', '--utc']);
  expect(called.status).toBe(exit);
  const [step, end, last] = called.stdout.split('\n');
  expect(step).toBe('2026-01-31 12:00:00Z  step.state          op_1 step=database state=done');
  expect(end).toContain(`status=${status}`);
  expect(last).toBe(`op_1 is ${status}`);
});

test('watching stops with status 4 once the operation waits for a person', async () => {
  serve(operation('awaiting_approval'), stepEvent(1), statusEvent(2, 'awaiting_approval'));
  const { status, stdout } = await call(['watch', 'op_1', '--json']);
  expect(status).toBe(4);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject([{ sequence: 1 }, { sequence: 2 }, { operationId: 'op_1', status: 'awaiting_approval' }]);
});

test('Ctrl-C ends watching with status 130', async () => {
  serve(operation('provisioning'), stepEvent(1));
  const called = await call(['watch', 'op_1'], { onOutput: (child) => child.kill('SIGINT') });
  expect(called).toMatchObject({ status: 130, stderr: '' });
  expect(called.stdout).toContain('step=database');
});

test('a refusal ends with status 3 and says which field is wrong', async () => {
  const errors = [{ pointer: '/tenantName', detail: `Is ${HOSTILE}.` }];
  fake.serve = (_asked, response) => sendProblem(response, 422, 'invalid-order', { errors, requestId: 'r-1' });
  const called = await call(['order', '-'], { input: '{}' });
  expect(called).toMatchObject({ status: 3, stdout: '' });
  expect(called.stderr).toBe(
    'Title of invalid-order.\n  /tenantName: Is acme\ufffd[2J\ufffd31m\ufffdevil.\n  request r-1\n',
  );
});

test('a hostile tenant name is escaped in JSON, and is the same JSON', async () => {
  const items = [operation('active', { tenantName: HOSTILE })];
  fake.serve = (_asked, response) => sendJson(response, 200, { items });
  const { stdout } = await call(['list', '--status', 'active', '--plan', 'starter']);
  expect(JSON.parse(stdout)).toEqual(items);
  expect(stdout.trimEnd()).not.toMatch(/\p{C}/u);
  expect(fake.asked[0]?.path).toBe('/v1/operations?status=active&plan=starter&limit=50');
});

test.each([
  [true, 0],
  [false, 3],
])('a preview of an order whose acceptance is %s ends with status %i', async (possible, exit) => {
  fake.serve = (_asked, response) => sendJson(response, 200, { possible, violations: [], steps: [], unknown: [] });
  const { status, stdout } = await call(['preview', '-'], { input: '{"tenantName":"acme"}' });
  expect({ status, result: JSON.parse(stdout) as unknown }).toMatchObject({ status: exit, result: { possible } });
  expect(fake.asked).toMatchObject([{ path: '/v1/tenants:preview', body: '{"tenantName":"acme"}' }]);
});

test('metrics are asked for with what the options say', async () => {
  fake.serve = (_asked, response) => sendJson(response, 200, { groups: [] });
  expect(await call(['metrics', '--group-by', 'day', '--time-zone', 'Europe/Berlin'])).toMatchObject({ status: 0 });
  expect(fake.asked[0]?.path).toBe('/v1/metrics/provisioning?groupBy=day&timeZone=Europe%2FBerlin');
});

test('a long list is fetched page by page', async () => {
  fake.serve = ({ path }, response) => {
    const { searchParams } = new URL(path, fake.url);
    const items = Array.from({ length: Number(searchParams.get('limit')) }, () => operation('active'));
    sendJson(response, 200, { items, nextCursor: 'next' });
  };
  const { stdout } = await call(['list', '--limit', '250']);
  expect(JSON.parse(stdout)).toHaveLength(250);
  expect(fake.asked.map(({ path }) => path.replace('/v1/operations?', ''))).toEqual([
    'limit=100',
    'limit=100&cursor=next',
    'limit=50&cursor=next',
  ]);
});

test.each([
  [
    ['approve', 'op_1', '--comment', 'Fine.'],
    '/v1/operations/op_1/approval',
    { decision: 'approve', comment: 'Fine.' },
  ],
  [['reject', 'op_1'], '/v1/operations/op_1/approval', { decision: 'reject' }],
  [['cancel', 'op_1', '--reason', 'x'], '/v1/operations/op_1/cancel', { reason: 'x' }],
  [['resolve', 'retry', 'op_1'], '/v1/operations/op_1/resolution', { verb: 'retry' }],
  [['resolve', 'undo', 'op_1'], '/v1/operations/op_1/resolution', { verb: 'compensate' }],
  [['resolve', 'skip', 'op_1', '--reason', 'x'], '/v1/operations/op_1/resolution', { verb: 'skip', reason: 'x' }],
  [
    ['resolve', 'amend', 'op_1', '--patch', '{"paymentMethod":"pm_1"}'],
    '/v1/operations/op_1/resolution',
    { verb: 'amend', patch: { paymentMethod: 'pm_1' } },
  ],
  [
    ['resolve', 'accept', 'op_1', '--leftover', 'bucket:t-1', 'schema:t:2', '--reason', 'x'],
    '/v1/operations/op_1/resolution',
    {
      verb: 'accept',
      leftovers: [
        { kind: 'bucket', id: 't-1' },
        { kind: 'schema', id: 't:2' },
      ],
      reason: 'x',
    },
  ],
  [
    ['suspend', 't1', '--reason', 'abuse', '--read-only'],
    '/v1/tenants/t1:suspend',
    { reason: 'abuse', readOnly: true },
  ],
  [['resume', 't1'], '/v1/tenants/t1:resume', {}],
  [
    ['deprovision', 't1', '--reason', 'other', '--grace-days', '3', '--keep-name'],
    '/v1/tenants/t1:deprovision',
    { reason: 'other', graceDays: 3, keepName: true },
  ],
  [
    ['webhooks', 'add', 'https://a.example/h', '--types', 'tenant.state,step.state'],
    '/v1/webhook-endpoints',
    { url: 'https://a.example/h', eventTypes: ['tenant.state', 'step.state'] },
  ],
])('%j sends what it says', async (args, path, body) => {
  fake.serve = (_asked, response) => sendJson(response, 202, {});
  const { status, stderr } = await call(args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(fake.asked.map((asked) => ({ path: asked.path, body: JSON.parse(asked.body) as unknown }))).toEqual([
    { path, body },
  ]);
});

test('events after a position are printed page by page', async () => {
  fake.serve = (asked, response) => {
    const after = positionOf(asked);
    sendJson(response, 200, { items: [stepEvent(after + 1)], position: after + 1, more: after < 6 });
  };
  const { status, stdout } = await call(['events', '--after', '5', '--types', 'step.state', '--json']);
  expect(status).toBe(0);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { sequence: number }).sequence),
  ).toEqual([6, 7]);
});

test.each([
  [['nonsense']],
  [['order']],
  [['list', 'regions']],
  [['list', '--limit', 'many']],
  [['resolve', 'accept', 'op_1', '--leftover', 'bucket', '--reason', 'x']],
  [['resolve', 'amend', 'op_1', '--patch', '[1]']],
  [['events']],
  [['completion', 'tcsh']],
  [['order', '/nonexistent/order.json']],
])('%j is wrong usage: status 2, and nothing is sent', async (args) => {
  const { status, stdout, stderr } = await call(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).not.toBe('');
  expect(fake.asked).toEqual([]);
});

test('an unreachable server ends with status 1, and no output ever holds the token', async () => {
  await fake.goDown();
  const called = await call(['approve', 'op_1']);
  expect(called.status).toBe(1);
  expect(called.stderr).toContain('ECONNREFUSED');
  expect(JSON.stringify(called)).not.toContain('a-secret');
});

describe('the settings file', () => {
  const file = join(dir, 'tenants.json');
  const env = { TENANTS_SERVER: '', TENANTS_TOKEN: '', XDG_CONFIG_HOME: dir };
  beforeEach(() => {
    fake.serve = (_asked, response) => sendJson(response, 200, { items: [] });
    writeFileSync(file, JSON.stringify({ server: fake.url, token: 'tp_kept' }), { mode: 0o600 });
    chmodSync(file, 0o600);
  });

  test('gives server and token', async () => {
    expect(await call(['list'], { env })).toMatchObject({ status: 0, stdout: '[]\n' });
    expect(fake.asked).toMatchObject([{ headers: { authorization: 'Bearer tp_kept' } }]);
  });

  test('is refused when others may read it', async () => {
    chmodSync(file, 0o640);
    const called = await call(['list'], { env });
    expect(called.status).toBe(2);
    expect(called.stderr).toBe(`Others may read ${file}, which holds a token. Run chmod 600 on it.\n`);
  });

  test('yields to options', async () => {
    await call(['list', '--token', 'tp_given'], { env });
    expect(fake.asked).toMatchObject([{ headers: { authorization: 'Bearer tp_given' } }]);
  });
});
