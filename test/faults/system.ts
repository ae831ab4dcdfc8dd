import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { explainFailure, NEEDED } from '../../stack/everything';
import { startStack } from '../../stack/stack';
import { writeJson } from '../../stack/processes/state';
import { REGIONS, type Stack } from '../../stack/types';
import { startTestProduct, type TestProduct } from '../helpers/product';
import { openTestRegistry } from '../helpers/registry';
import { startCompany, type Company } from './company';
import { createEffectLog, type EffectLog } from './proxies/effect-log';
import { openLines, REGION, type Lines } from './proxies/lines';
import { SWEEP_SETTINGS } from './scenarios/sweeps';
import { watchPostgres, type PostgresLog } from './proxies/postgres-log';

/** The product on servers of its own, with a fault proxy on every connection. */
export interface System {
  readonly dir: string;
  readonly stack: Stack;
  readonly lines: Lines;
  readonly log: EffectLog;
  readonly postgresLogs: readonly PostgresLog[];
  readonly product: TestProduct;
  readonly startedAt: Date;
  /** The identity provider that the tenants' companies have. */
  readonly company: Company;
  /** Kills a server and starts it again; the product has to notice by itself. */
  crash(server: string): Promise<void>;
}

/** Clean-up actions, newest first; they also work while the system is still starting. */
export interface Teardown {
  push(stop: () => Promise<void>): void;
  run(): Promise<void>;
}

/** An empty {@link Teardown}. */
export function createTeardown(): Teardown {
  const stops: (() => Promise<void>)[] = [];
  let running: Promise<void> | undefined;
  const all = async (): Promise<void> => {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await stop().catch(() => undefined);
  };
  return { push: (stop) => void stops.push(stop), run: () => (running ??= all()) };
}

/** Brings everything up in a new folder, which is removed at the end. Throws with what is missing and how to get it. */
export async function startSystem(teardown: Teardown, say: (text: string) => void): Promise<System> {
  mkdirSync(resolve('.local'), { recursive: true });
  const dir = mkdtempSync(resolve('.local/faults-'));
  teardown.push(async () => rmSync(dir, { recursive: true, force: true }));
  const stack = await startStack({
    dir: join(dir, 'stack'),
    servers: [...NEEDED],
    onEvent: ({ server, phase, detail }) =>
      (phase === 'fetching' || phase === 'building') && say(`${server} ${phase} ${detail ?? ''}`),
  });
  teardown.push(() => stack.stop());
  await stack.settled();
  if (stack.unavailable.length > 0) throw new Error(explainFailure(stack, undefined));
  const endpointsFile = join(dir, 'endpoints.json');
  writeJson(endpointsFile, stack.endpoints);
  process.env.STACK_ENDPOINTS = endpointsFile;

  const log = createEffectLog(join(dir, 'effects.jsonl'));
  const lines = await openLines(stack.endpoints, log);
  teardown.push(() => lines.close());
  const { regions, registry } = stack.endpoints.postgres!;
  const postgresLogs = await Promise.all(
    REGIONS.map((region) => {
      const logFile = join(dir, 'stack', 'logs', `postgres.${region}.log`);
      return watchPostgres({ region, superuserUrl: regions[region]!.superuserUrl, logFile }, log);
    }),
  );
  const company = await startCompany();
  teardown.push(() => company.close());
  const startedAt = new Date();
  const own = await openTestRegistry(registry);
  const product = await startTestProduct({
    via: lines.via,
    registry: { own, seen: lines.registryUrl },
    // The company's identity provider is at an address that is not public.
    overrides: { ...SWEEP_SETTINGS, WEBHOOK_INTERNAL_NETWORKS: '127.0.0.1/32' },
  });
  teardown.push(() => product.stop());
  return {
    dir,
    stack,
    lines,
    log,
    postgresLogs,
    product,
    startedAt,
    company,
    crash: async (server) => {
      await stack.kill(server);
      if (server === `postgres.${REGION}`) for (const each of postgresLogs) each.collect();
      await stack.restart(server);
    },
  };
}
