import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { API_KEY_PREFIX_LENGTH, newApiKey, storeApiKeys } from '../../registry/api-keys';
import { createApiToken } from '../../registry/api-tokens';
import { freePort } from '../../stack/ports';
import { spawnServer } from '../../stack/process';
import { startStack } from '../../stack/stack';
import { writeJson } from '../../stack/state';
import { activeTenant } from '../helpers/accepted';
import { createTestRegistry, type TestRegistry } from '../helpers/registry';
import { circumstances } from '../load/report';
import { percentile, tenths } from '../load/statistics';

/** How long an API takes to verify keys, and to say that it is alive, in the same run. */
export interface ApiKeyFigures extends ReturnType<typeof circumstances> {
  command: string;
  /** API keys in the registry. */
  keys: number;
  /** Requests of each sort, one after the other. */
  requests: number;
  /** Milliseconds. */
  verify: { p50: number; p99: number };
  healthz: { p50: number; p99: number };
}

const KEYS = 20_000;
const REQUESTS = 2_000;
const WARM_UP = 500;

/** Measures on servers of its own, or on those STACK_ENDPOINTS names. `--report` keeps the figures for the document. */
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
    const figures = await measure(registry, dir, (stop) => stops.push(stop));
    process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
    if (process.argv.includes('--report'))
      writeFileSync(path.resolve('docs/api-keys.json'), `${JSON.stringify(figures, undefined, 2)}\n`);
  } finally {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
  }
}

async function measure(
  registry: TestRegistry,
  dir: string,
  inTheEnd: (stop: () => Promise<void>) => void,
): Promise<ApiKeyFigures> {
  const key = await fill(registry);
  const expiresAt = new Date(Date.now() + 3_600_000);
  const { token } = await createApiToken(registry.pool, { name: 'bench', roles: ['api-keys:verify'], expiresAt });
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
      PORT: String(port),
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    },
    logFile: path.join(dir, 'api.log'),
    pidFile: path.join(dir, 'api.pid'),
    isReady: async () => (await fetch(`${url}/healthz`)).ok,
  });
  inTheEnd(() => api.stop());
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const verify = (): Promise<number> =>
    timed(agent, { url: `${url}/v1/api-keys:verify`, token, body: JSON.stringify({ key }), expect: '"valid":true' });
  const healthz = (): Promise<number> => timed(agent, { url: `${url}/healthz`, expect: '"ok"' });
  const times: { verify: number[]; healthz: number[] } = { verify: [], healthz: [] };
  // One of each in turn: what else the machine does meets both alike.
  for (let n = -WARM_UP; n < REQUESTS; n++) {
    const [one, other] = [await verify(), await healthz()];
    if (n < 0) continue;
    times.verify.push(one);
    times.healthz.push(other);
  }
  agent.destroy();
  const spread = (all: number[]) => ({ p50: tenths(percentile(all, 0.5)), p99: tenths(percentile(all, 0.99)) });
  return {
    command: 'npm run bench:api-keys -- --report',
    ...circumstances(),
    keys: KEYS,
    requests: REQUESTS,
    verify: spread(times.verify),
    healthz: spread(times.healthz),
  };
}

/** A registry with many keys, of which one is known. */
async function fill(registry: TestRegistry): Promise<string> {
  const { tenantId } = await activeTenant(registry);
  const key = newApiKey();
  await storeApiKeys(registry.pool, tenantId, [
    { name: 'known', key, prefix: key.slice(0, API_KEY_PREFIX_LENGTH), scopes: ['data:read'] },
  ]);
  await registry.pool.query(
    `insert into api_key (tenant_id, name, prefix, hash, scopes)
     select $1, 'other-' || n, 'ak_' || lpad(to_hex((random() * 4294967295)::bigint), 8, '0'), sha256(n::text::bytea), '{data:read}'
     from generate_series(1, $2::int) as n`,
    [tenantId, KEYS - 1],
  );
  await registry.asOwner('analyze api_key');
  return key;
}

/** Milliseconds from the request to the last byte of an answer that says what it should. */
function timed(
  agent: Agent,
  { url, token, body, expect }: { url: string; token?: string; body?: string; expect: string },
): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const sent = request(url, { agent, method: body === undefined ? 'GET' : 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        text.includes(expect) ? resolve(performance.now() - began) : reject(new Error(`${url} answered ${text}`)),
      );
    });
    sent.on('error', reject).end(body);
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
