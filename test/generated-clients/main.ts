import { stepsOf } from '../../contract/operations/kinds';
import { deepStrictEqual } from 'node:assert';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, ServerUnavailable } from '../../stack/errors';
import { startStack } from '../../stack/stack';
import { writeJson } from '../../stack/processes/state';
import { CLIENTS, LINTS, type Place } from './checks';
import { checkDirectory } from './directory';
import { serveApi, type ServedApi } from './served-api';

const STEPS = stepsOf('provision');

// Linters refuse documents of a server that is only an example or a local one.
const NEUTRAL_URL = 'https://provisioner.test';

const counts = { passed: 0, failed: 0, skipped: 0 };

/** Lints the API's document, and generates, builds and uses clients made from it, on a PostgreSQL of its own or the one STACK_ENDPOINTS names. */
async function main(): Promise<void> {
  mkdirSync(path.resolve('.local'), { recursive: true });
  const dir = mkdtempSync(path.resolve('.local/clients-'));
  const stops: (() => void | Promise<void>)[] = [() => rmSync(dir, { recursive: true, force: true })];
  try {
    if (process.env.STACK_ENDPOINTS === undefined) {
      const stack = await startStack({ dir, servers: ['postgres'], onEvent: () => {} });
      stops.push(() => stack.stop());
      await stack.ready('postgres');
      process.env.STACK_ENDPOINTS = path.join(dir, 'endpoints.json');
      writeJson(process.env.STACK_ENDPOINTS, stack.endpoints);
    }
    const api = await serveApi();
    stops.push(() => api.stop());
    await runChecks(api, dir);
  } finally {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
  }
}

async function runChecks(api: ServedApi, dir: string): Promise<void> {
  const document = path.join(dir, 'openapi.json');
  const served = await (await fetch(`${api.url}/openapi.json`)).text();
  await writeFile(document, served.replaceAll(api.url, NEUTRAL_URL));
  const token = await api.token(['tenants:order'], 'generated-client');
  const checks = [
    ...Object.entries(LINTS).map(([title, lint]) => ({ title, run: lint })),
    ...Object.entries(CLIENTS).map(([title, use]) => ({
      title: `a client in ${title} orders and reads`,
      run: async (place: Place) => expectUse(api, place, await use(place)),
    })),
  ];
  checks.push({ title: 'scim2-tester finds nothing in a tenant’s directory', run: () => checkDirectory(api) });
  for (const [n, { title, run }] of checks.entries()) {
    const place = path.join(dir, String(n));
    await mkdir(place);
    const env = { API_URL: api.url, API_TOKEN: token, TENANT_NAME: `harbour-client-${n}` };
    await check(title, () => run({ dir: place, document, env }));
  }
}

async function check(title: string, run: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  const seconds = (): string => `${((performance.now() - began) / 1_000).toFixed(1)} s`;
  try {
    await run();
    counts.passed++;
    process.stdout.write(`passed   ${title} (${seconds()})\n`);
  } catch (error) {
    if (error instanceof ServerUnavailable) {
      counts.skipped++;
      process.stdout.write(`NOT RUN  ${title}: ${error.message}\n`);
    } else {
      counts.failed++;
      process.stdout.write(`● ${title} (${seconds()})\n${messageOf(error)}\n`);
    }
  }
}

/** What the program printed must be what the API has recorded. */
async function expectUse(api: ServedApi, { env }: Place, printed: string): Promise<void> {
  const { rows } = await api.registry.pool.query<{ id: string }>(
    'select operation_id as id from operation where tenant_name = $1',
    [env['TENANT_NAME']],
  );
  deepStrictEqual(JSON.parse(printed), {
    caller: 'generated-client',
    operation: { operationId: rows[0]?.id, tenantName: env['TENANT_NAME'], plan: 'starter', steps: STEPS.length },
    problem: { type: `${api.url}/problems/name-taken`, status: 409, pointers: ['/tenantName'] },
  });
  deepStrictEqual(rows.length, 1);
}

main()
  .catch((error: unknown) => {
    counts.failed++;
    process.stdout.write(`● ${messageOf(error)}\n`);
  })
  .finally(() => {
    process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
    process.exit(counts.failed === 0 ? 0 : 1);
  });
