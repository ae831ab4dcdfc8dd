import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../stack/processes/ports';
import { spawnServer } from '../../stack/processes/process';
import { writeJson } from '../../stack/processes/state';
import { builtProduct } from '../../stack/product/build';
import { startStack } from '../../stack/stack';
import { createTestRegistry, type TestRegistry } from '../helpers/registry';

/** A built API in a process of its own, on a registry of its own. */
export interface BenchApi {
  url: string;
  pid: number;
  registry: TestRegistry;
}

/**
 * Measures on a newly started PostgreSQL, or on the one in STACK_ENDPOINTS, and removes everything afterwards. `fill` prepares the registry
 * before the API starts.
 */
export async function onBenchApi<T>(
  fill: (registry: TestRegistry) => Promise<T>,
  measure: (api: BenchApi, filled: T) => Promise<void>,
): Promise<void> {
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
    const filled = await fill(registry);
    const { stop, ...api } = await startApi(registry, dir);
    stops.push(stop);
    await measure({ ...api, registry }, filled);
  } finally {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
  }
}

async function startApi(
  registry: TestRegistry,
  dir: string,
): Promise<{ url: string; pid: number; stop: () => Promise<void> }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const ring = `bench:${randomBytes(32).toString('base64')}`;
  const api = await spawnServer({
    name: 'api',
    command: process.execPath,
    args: [path.join(await builtProduct(), 'api/server.js')],
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
  return { url, pid: api.pid, stop: () => api.stop() };
}
