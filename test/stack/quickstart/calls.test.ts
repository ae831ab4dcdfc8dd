import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { approvalCall, exampleCalls } from '../../../stack/quickstart/calls';
import { writeJson } from '../../../stack/processes/state';

const dir = mkdtempSync(join(tmpdir(), 'quickstart-calls-'));
const endpointsFile = join(dir, 'endpoints.json');
const received: { request: IncomingMessage; body: string }[] = [];
const server = createServer((request, response) => {
  void text(request).then((body) => {
    received.push({ request, body });
    response.end('{}');
  });
});
let url: string;

beforeAll(async () => {
  writeJson(endpointsFile, { tokens: { signup: 'tp_signup', approver: 'tp_approver' } });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => received.splice(0));
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true });
});

describe('commands printed in the terminal can be pasted into a shell', () => {
  const shell = (script: string): Promise<unknown> => promisify(execFile)('sh', ['-ec', script]);

  test('the call that approves an operation sends the decision as the approver', async () => {
    await shell(approvalCall(url, 'op_aaaaaaaaaaaaaaaaaaaa', endpointsFile));
    const [{ request, body }] = received as [(typeof received)[0]];
    expect(`${request.method} ${request.url}`).toBe('POST /v1/operations/op_aaaaaaaaaaaaaaaaaaaa/approval');
    expect(request.headers.authorization).toBe('Bearer tp_approver');
    expect(JSON.parse(body)).toMatchObject({ decision: 'approve' });
  });

  test('the examples read an operation and a tenant and order another one, as the sign-up service', async () => {
    const calls = exampleCalls(url, 'op_aaaaaaaaaaaaaaaaaaaa', 'aaaaaaaaaaaaaaaa', endpointsFile).split('\n');
    await shell(calls.slice(calls.findIndex((line) => line.startsWith('TOKEN='))).join('\n'));
    expect(received.map(({ request }) => `${request.method} ${request.url} ${request.headers.authorization}`)).toEqual([
      'GET /v1/operations/op_aaaaaaaaaaaaaaaaaaaa Bearer tp_signup',
      'GET /v1/tenants/aaaaaaaaaaaaaaaa Bearer tp_signup',
      'POST /v1/tenants Bearer tp_signup',
    ]);
    expect(JSON.parse(received[2]!.body)).toMatchObject({ subscription: { plan: 'starter' } });
  });
});
