import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApiToken } from '../../registry/api-tokens';
import { STEPS } from '../../contract/steps';
import { freePort } from '../../stack/ports';
import { spawnServer } from '../../stack/process';
import { startStack } from '../../stack/stack';
import { writeJson } from '../../stack/state';
import { createTestRegistry, type TestRegistry } from '../helpers/registry';

const OPERATIONS = 100_000;
const SECONDS = 5;
const CONNECTIONS = 4;

/** What is read, and what an answer must hold. Rates are requests a second over a few connections that are kept open. */
const READS = {
  'one operation': (id: string) => `/v1/operations/${id}`,
  '100 operations': () => '/v1/operations?limit=100',
  '100 failed operations of a plan': () => '/v1/operations?limit=100&status=failed&plan=professional',
  '100 tenants': () => '/v1/tenants?limit=100',
};

/** Measures on a server of its own, or on those STACK_ENDPOINTS names. */
async function main(): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const stops: (() => void | Promise<void>)[] = [() => rmSync(dir, { recursive: true, force: true })];
  try {
    if (process.env.STACK_ENDPOINTS === undefined) {
      const stack = await startStack({ dir, servers: ['postgres'], onEvent: () => {} });
      stops.push(() => stack.stop());
      await stack.ready('postgres');
      process.env.STACK_ENDPOINTS = path.join(dir, 'endpoints.json');
      writeJson(process.env.STACK_ENDPOINTS, stack.endpoints);
    }
    const registry = await createTestRegistry();
    stops.push(() => registry.drop());
    const operationId = await fill(registry);
    const { url, stop } = await startApi(registry, dir);
    stops.push(stop);
    const expiresAt = new Date(Date.now() + 3_600_000);
    const { token } = await createApiToken(registry.pool, { name: 'bench', roles: ['tenants:read'], expiresAt });
    for (const [name, pathOf] of Object.entries(READS)) {
      const rate = await requestsPerSecond(`${url}${pathOf(operationId)}`, token);
      process.stdout.write(`${name.padEnd(34)}${String(Math.round(rate)).padStart(6)} requests/s\n`);
    }
  } finally {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
  }
}

/** Operations as runs leave them, with the attempts of their steps: most have ended, the newest are under way. */
async function fill(registry: TestRegistry): Promise<string> {
  await registry.asOwner(`
    insert into operation (operation_id, tenant_id, status, tenant_name, plan, region, template, caller, request_hash, order_ciphertext,
      created_at, updated_at, completed_at, started_at)
    select 'op_' || substr(translate(md5(n::text), '0189', 'wxyz'), 1, 20), 'a' || substr(md5(n::text), 1, 15),
      case when n <= 20 then 'provisioning' when n % 10 = 0 then 'failed' else 'active' end, 'tenant-' || n,
      (array['starter', 'professional', 'enterprise'])[1 + n % 3], 'eu-central', '{}', 'token:signup', '\\x00', '\\x00',
      now() - n * interval '1 second', now() - n * interval '1 second', case when n > 20 then now() - n * interval '1 second' end, now()
    from generate_series(1, ${OPERATIONS}) as n`);
  await registry.asOwner(`
    insert into step_event (operation_id, activity_id, attempt, step, direction, started_at, ended_at)
    select operation_id, (n)::text, 1, (array['${STEPS.join("','")}'])[1 + n % 10], 'forward', created_at + n * interval '50 ms',
      created_at + (n + 1) * interval '50 ms'
    from operation, generate_series(0, 14) as n`);
  await registry.asOwner('analyze');
  const { rows } = await registry.pool.query<{ id: string }>(
    `select operation_id as id from operation where status = 'failed' order by created_at desc limit 1`,
  );
  return rows[0]!.id;
}

async function startApi(registry: TestRegistry, dir: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const ring = `bench:${randomBytes(32).toString('base64')}`;
  const api = await spawnServer({
    name: 'api',
    command: process.execPath,
    args: ['--import', require.resolve('tsx'), path.resolve('api/server.ts')],
    env: {
      REGISTRY_URL: registry.url,
      KEY_RING: ring,
      CODEC_KEY_RING: ring,
      PUBLIC_URL: url,
      PORT: String(port),
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      RATE_LIMIT_PER_MINUTE: '10000000',
      LOG_LEVEL: 'warn',
    },
    logFile: path.join(dir, 'api.log'),
    pidFile: path.join(dir, 'api.pid'),
    isReady: async () => (await fetch(`${url}/healthz`)).ok,
  });
  return { url, stop: () => api.stop() };
}

async function requestsPerSecond(url: string, token: string): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let answered = 0;
  const until = (end: number) =>
    Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        while (performance.now() < end) {
          await read(agent, url, token);
          answered++;
        }
      }),
    );
  await until(performance.now() + 1_000);
  answered = 0;
  const began = performance.now();
  await until(began + SECONDS * 1_000);
  agent.destroy();
  return (answered * 1_000) / (performance.now() - began);
}

function read(agent: Agent, url: string, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    })
      .on('error', reject)
      .end();
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
