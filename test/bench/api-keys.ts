import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { Command } from 'commander';
import { newApiKey, storeApiKeys } from '../../registry/credentials/api-keys';
import { createApiToken } from '../../registry/credentials/api-tokens';
import { activeTenant } from '../helpers/tenants/accepted';
import { messageOf } from '../../stack/errors';
import type { TestRegistry } from '../helpers/registry';
import { circumstances } from '../load/report/report';
import { percentile, tenths } from '../load/report/statistics';
import { onBenchApi } from './bench-api';

/** Latencies of verifying API keys and of the health check, from the same run. */
export interface ApiKeyFigures extends ReturnType<typeof circumstances> {
  command: string;
  /** Number of API keys in the registry. */
  keys: number;
  /** Number of requests of each kind, sent one after the other. */
  requests: number;
  /** Milliseconds. */
  verify: { p50: number; p99: number };
  healthz: { p50: number; p99: number };
}

const KEYS = 20_000;
const REQUESTS = 2_000;
const WARM_UP = 500;

async function main({ report }: { report?: boolean }): Promise<void> {
  await onBenchApi(fill, async ({ url, registry }, key) => {
    const text = `${JSON.stringify(await measure(url, registry, key), undefined, 2)}\n`;
    process.stdout.write(text);
    if (report === true) writeFileSync(path.resolve('docs/figures/api-keys.json'), text);
  });
}

async function measure(url: string, registry: TestRegistry, key: string): Promise<ApiKeyFigures> {
  const expiresAt = new Date(Date.now() + 3_600_000);
  const { token } = await createApiToken(registry.pool, { name: 'bench', roles: ['api-keys:verify'], expiresAt });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const verify = (): Promise<number> =>
    timed(agent, { url: `${url}/v1/api-keys:verify`, token, body: JSON.stringify({ key }), expect: '"valid":true' });
  const healthz = (): Promise<number> => timed(agent, { url: `${url}/healthz`, expect: '"ok"' });
  const times: { verify: number[]; healthz: number[] } = { verify: [], healthz: [] };
  // The two kinds alternate, so that other load on the machine affects both equally.
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

/** Fills a registry with many keys and returns one of them. */
async function fill(registry: TestRegistry): Promise<string> {
  const { tenantId } = await activeTenant(registry);
  const key = newApiKey();
  await storeApiKeys(registry.pool, tenantId, [{ name: 'known', key, scopes: ['data:read'] }]);
  await registry.pool.query(
    `insert into api_key (tenant_id, name, prefix, hash, scopes)
     select $1, 'other-' || n, 'ak_' || lpad(to_hex((random() * 4294967295)::bigint), 8, '0'), sha256(n::text::bytea), '{data:read}'
     from generate_series(1, $2::int) as n`,
    [tenantId, KEYS - 1],
  );
  await registry.asOwner('analyze api_key');
  return key;
}

/** Milliseconds from the request to the last byte of the expected answer. */
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

new Command('bench:api-keys')
  .description('How long the API takes to verify an API key, beside its health check.')
  .option('--report', 'keeps the figures in docs/figures/api-keys.json')
  .action(main)
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  });
