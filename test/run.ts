import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { boundToParent } from '../stack/process';
import { startStack } from '../stack/stack';
import { writeJson } from '../stack/state';
import type { Endpoints, ServerName, Stack } from '../stack/types';

const SERVERS: ServerName[] = ['postgres', 'temporal', 's3', 'keycloak', 'stripe', 'mail'];

const USAGE = `npm test [-- <jest options>]        every test that needs no Kubernetes
npm run test:kubernetes             those that do; builds a control plane the first time
STACK_ENDPOINTS=<file> npm test     on servers that run already (endpoints.json of \`stack/main.ts up\`)
`;

/** Brings up the servers the tests need, runs jest on them, and takes them down again. */
async function main(args: string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const kubernetes = args.includes('--kubernetes');
  const jestArgs = args.filter((arg) => arg !== '--kubernetes');
  const stopping = stopOnSignals();
  mkdirSync(path.resolve('.local'), { recursive: true });
  const dir = mkdtempSync(path.resolve('.local/test-'));
  const given = process.env.STACK_ENDPOINTS;
  const stack = given ? undefined : await bringUp(dir, kubernetes, stopping);
  try {
    const endpoints = given ?? path.join(dir, 'endpoints.json');
    if (stack) writeJson(endpoints, stack.endpoints);
    return await runGroups(kubernetes ? ['kubernetes'] : ['pieces', 'whole'], jestArgs, { endpoints, dir, stopping });
  } finally {
    await stack?.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function bringUp(dir: string, kubernetes: boolean, stopping: AbortSignal): Promise<Stack> {
  const stack = await startStack({
    dir,
    servers: [...SERVERS, kubernetes ? 'kubernetes' : 'scanner'],
    buildKubernetes: kubernetes,
    onEvent: ({ server, phase, detail, seconds }) => {
      const after = seconds === undefined ? '' : ` ${seconds.toFixed(1)} s`;
      if (phase !== 'stopped') process.stderr.write(`${server.padEnd(11)}${phase}${after} ${detail ?? ''}\n`);
    },
  });
  stopping.addEventListener('abort', () => void stack.stop(), { once: true });
  await stack.settled();
  // Said here in words and again by each test file that needs it: what did not run is never counted as passed.
  for (const { server, why, command } of stack.unavailable)
    process.stderr.write(`NOT RUN: what needs ${server}. ${why} To get it: ${command}\n`);
  return stack;
}

/** Aborted by the first Ctrl-C, so that servers and jest are stopped and the folder removed; a second one ends everything at once. */
function stopOnSignals(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopping.abort());
  return stopping.signal;
}

type Group = 'pieces' | 'whole' | 'kubernetes';

/** What the tests run on, and what ends them early. */
interface Where {
  endpoints: string;
  dir: string;
  stopping: AbortSignal;
}

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * One after the other: tests of pieces prepare what the regions' tenants share, and set the passwords of logins that a whole product uses.
 * Whole products take turns for the same reason. Prints the sums; the answer is the exit status.
 */
async function runGroups(groups: Group[], args: string[], where: Where): Promise<number> {
  const sum: Totals = { passed: 0, failed: 0, skipped: 0 };
  let status = 0;
  for (const group of groups) {
    const missing = group === 'whole' ? missingServers(where.endpoints) : [];
    if (missing.length > 0) {
      process.stderr.write(`NOT RUN: the end-to-end tests; a whole product needs ${missing.join(', ')}, too.\n`);
      sum.skipped += 1;
      continue;
    }
    if (where.stopping.aborted) return 130;
    const own = group === 'whole' ? ['--runInBand'] : [];
    // A name of a test may be found in one group only.
    const { code, totals } = await jest([...own, '--passWithNoTests', ...args], group, where);
    for (const key of ['passed', 'failed', 'skipped'] as const) sum[key] += totals[key];
    status ||= code;
  }
  process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`);
  return sum.passed === 0 ? 1 : status;
}

function missingServers(endpointsFile: string): ServerName[] {
  const endpoints = JSON.parse(readFileSync(endpointsFile, 'utf8')) as Endpoints;
  return SERVERS.filter((server) => endpoints[server] === undefined);
}

async function jest(
  args: string[],
  group: Group,
  { endpoints, dir, stopping }: Where,
): Promise<{ code: number; totals: Totals }> {
  const results = path.join(dir, `results-${group}.json`);
  const command = [require.resolve('jest/bin/jest'), '--json', `--outputFile=${results}`, ...args];
  const child = spawn(...boundToParent(process.execPath, command, 'SIGTERM'), {
    // stdout carries the JSON again; the readable report goes to stderr
    stdio: ['ignore', 'ignore', 'inherit'],
    signal: stopping,
    env: { ...process.env, STACK_ENDPOINTS: endpoints, TEST_GROUP: group },
  });
  const code = await new Promise<number>((resolve) =>
    child.once('error', () => undefined).once('exit', (status) => resolve(status ?? 1)),
  );
  if (stopping.aborted) return { code: 130, totals: { passed: 0, failed: 0, skipped: 0 } };
  const counted = JSON.parse(readFileSync(results, 'utf8')) as Record<string, number>;
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = counted;
  return {
    code,
    totals: {
      passed: numPassedTests!,
      // A file that cannot even be loaded fails no test of its own; it counts as one that failed.
      failed: numFailedTests! + numRuntimeErrorTestSuites!,
      skipped: numPendingTests! + numTodoTests!,
    },
  };
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
