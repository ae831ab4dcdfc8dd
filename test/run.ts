import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { boundToParent } from '../stack/processes/process';
import { writeJson } from '../stack/processes/state';
import { startStack } from '../stack/stack';
import type { Endpoints, ServerName, Stack } from '../stack/types';
import { needsOf } from './runner/needs';
import { Progress, recordedSeconds, type FileResult, type Lane } from './runner/progress';

const USAGE = `npm test [-- <paths and jest options>]   every test but those of the last two lines, or those of the paths, on the servers they need
npm run test:unit                        those that need no server
npm run test:kubernetes                  those that need Kubernetes; builds a control plane the first time
npm run test:dashboards                  those that need the dashboard server Perses; builds it the first time
STACK_ENDPOINTS=<file> npm test          on servers that run already (endpoints.json of \`npm run up\`)
`;
/** A whole product needs all of these. */
const PRODUCT_SERVERS: ServerName[] = ['postgres', 'temporal', 's3', 'keycloak', 'stripe', 'mail'];
/** Milliseconds that jest may take to end after its last file. */
const LEFT_OPEN_MS = 20_000;
const MODES = ['--unit', '--kubernetes', '--dashboards'];
/** Folders of tests whose servers take minutes to build; each has a mode of its own. */
const BUILT_FIRST = ['kubernetes', 'dashboards'];
const ROOT = path.resolve(__dirname, '..');

/** Starts the servers that the tests need, runs jest on them, and stops them again. Resolves with the exit status. */
async function main(args: string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const stopping = stopOnSignals();
  const jestArgs = args.filter((arg) => !MODES.includes(arg));
  const kubernetes = args.includes('--kubernetes');
  const builtFirst = BUILT_FIRST.find((folder) => args.includes(`--${folder}`));
  const lanes = lanesOf(builtFirst, filesFor(jestArgs));
  if (args.includes('--unit')) lanes.pieces = lanes.whole = [];
  const files = [...lanes.unit, ...lanes.pieces, ...lanes.whole];
  if (files.length === 0) {
    process.stderr.write(`No test file matches ${jestArgs.join(' ')}.\n`);
    return 1;
  }
  mkdirSync(path.resolve('.local'), { recursive: true });
  const dir = mkdtempSync(path.resolve('.local/test-'));
  const given = process.env.STACK_ENDPOINTS;
  const needed = { pieces: serversOf(lanes.pieces, kubernetes), whole: serversOf(lanes.whole, kubernetes) };
  const all = [...new Set([...needed.pieces, ...needed.whole])].sort();
  if (given === undefined && all.length > 0) process.stderr.write(`servers for these tests: ${all.join(', ')}\n`);
  const stacks: Stacks = {};
  const begin = async (lane: keyof Stacks, of: string): Promise<void> => {
    if (given === undefined && needed[lane].length > 0)
      stacks[lane] = await beginStack(path.join(dir, lane), needed[lane], of, stopping);
  };
  try {
    await Promise.all([begin('pieces', ''), begin('whole', ' for the products')]);
    return await runLanes({ lanes, jestArgs, dir, stacks, given, stopping });
  } finally {
    await Promise.all([stacks.pieces?.stop(), stacks.whole?.stop()]);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Products have servers of their own: tests of single parts change what a product rests on, such as the probe tenant of an object store. */
interface Stacks {
  pieces?: Stack | undefined;
  whole?: Stack | undefined;
}

interface Lanes {
  /** Need no server; they run while the servers start. */
  unit: string[];
  /** Each needs some servers. */
  pieces: string[];
  /** Each starts a whole product. Products set passwords of logins that the regions share, so they take turns. */
  whole: string[];
}

interface Run {
  lanes: Lanes;
  jestArgs: string[];
  dir: string;
  stacks: Stacks;
  /** The file with the servers' addresses, where the caller has started them. */
  given: string | undefined;
  stopping: AbortSignal;
}

/** The test files that match the caller's arguments, as jest sees them. */
function filesFor(jestArgs: string[]): string[] {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [require.resolve('jest/bin/jest'), '--listTests', '--json', ...jestArgs],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, TEST_FILES: '' } },
  );
  if (status !== 0) throw new Error(stderr.trim());
  return JSON.parse(stdout) as string[];
}

function lanesOf(builtFirst: string | undefined, files: string[]): Lanes {
  const lanes: Lanes = { unit: [], pieces: [], whole: [] };
  for (const file of files) {
    const [, folder] = path.relative(ROOT, file).split(path.sep);
    if (BUILT_FIRST.find((each) => each === folder) !== builtFirst) continue;
    if (folder === 'e2e') lanes.whole.push(file);
    else {
      const { stack, ownServers } = needsOf(file);
      lanes[stack.size === 0 && !ownServers ? 'unit' : 'pieces'].push(file);
    }
  }
  return { unit: longestFirst(lanes.unit), pieces: longestFirst(lanes.pieces), whole: longestFirst(lanes.whole) };
}

/** A long file that begins last would run alone in the end. */
function longestFirst(files: string[]): string[] {
  const recorded = recordedSeconds();
  // Of two files that have never run here, one that starts programs of its own takes longer; otherwise a larger one does.
  const guess = (file: string): number => (needsOf(file).ownServers ? 20 : 0) + statSync(file).size / 1_000;
  const expected = new Map(files.map((file) => [file, recorded(file) ?? guess(file)]));
  return files.sort((a, b) => expected.get(b)! - expected.get(a)!);
}

/** A product takes a cluster where there is one; only `npm run test:kubernetes` starts it. */
function serversOf(files: string[], kubernetes: boolean): ServerName[] {
  const named = new Set(files.flatMap((file) => [...needsOf(file).stack]));
  return [...named].filter((server) => kubernetes || server !== 'kubernetes').sort();
}

/** Starts servers; `of` says in the lines about them what they are for. */
async function beginStack(dir: string, servers: ServerName[], of: string, stopping: AbortSignal): Promise<Stack> {
  const stack = await startStack({
    dir,
    servers,
    throwaway: true,
    buildKubernetes: servers.includes('kubernetes'),
    onEvent: ({ server, phase, detail, seconds }) => {
      if (!['ready', 'unavailable', 'fetching', 'building'].includes(phase)) return;
      const after = seconds === undefined ? '' : ` ${seconds.toFixed(1)} s`;
      process.stderr.write(`${server.padEnd(11)}${phase}${of}${after} ${detail ?? ''}\n`);
    },
  });
  stopping.addEventListener('abort', () => void stack.stop(), { once: true });
  return stack;
}

/** Aborted by the first Ctrl-C, so that servers and jest are stopped and the folder removed; a second one ends everything at once. */
function stopOnSignals(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopping.abort());
  return stopping.signal;
}

/** Runs the unit tests, then the other two lanes side by side, and prints the sums. Resolves with the exit status. */
async function runLanes({ lanes, jestArgs, dir, stacks, given, stopping }: Run): Promise<number> {
  const cores = availableParallelism();
  const unit: Lane = { files: lanes.unit, workers: cores };
  // Tests wait for servers more than they compute: with one worker, two cores idle half of the time.
  const pieces: Lane = { files: lanes.pieces, workers: Math.max(2, cores - 1) };
  const whole: Lane = { files: lanes.whole, workers: 1 };
  const progress = new Progress([unit], [pieces, whole]);
  const jest = (name: keyof Lanes, lane: Lane, endpoints: string | undefined): Promise<number> =>
    runJest({ name, lane, jestArgs, dir, endpoints, stopping, progress });

  const unitStatus = jest('unit', unit, given);
  const [piecesAt, wholeAt] = given
    ? [given, given]
    : await Promise.all((['pieces', 'whole'] as const).map((name) => settledEndpoints(stacks[name], dir, name)));
  // Said here in words and again by each test file that needs it: what did not run is never counted as passed.
  const unavailable = [stacks.pieces, stacks.whole].flatMap((stack) => stack?.unavailable ?? []);
  for (const { server, why, command } of new Map(unavailable.map((each) => [each.server, each])).values())
    progress.say(`NOT RUN: what needs ${server}. ${why} To get it: ${command}`);
  const missing = whole.files.length > 0 ? missingServers(wholeAt!) : [];
  let skipped = 0;
  if (missing.length > 0) {
    progress.say(`NOT RUN: the end-to-end tests; a whole product needs ${missing.join(', ')}, too.`);
    skipped += whole.files.length;
    whole.files = [];
  }
  const statuses = [await unitStatus];
  if (given) statuses.push(await jest('pieces', pieces, given), await jest('whole', whole, given));
  else statuses.push(...(await Promise.all([jest('pieces', pieces, piecesAt), jest('whole', whole, wholeAt)])));
  const totals = progress.finish();
  if (stopping.aborted) return 130;
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped + skipped} skipped\n`);
  return totals.passed === 0 ? 1 : Math.max(...statuses);
}

/** The file with a stack's addresses, once all of its servers are ready or have failed. */
async function settledEndpoints(stack: Stack | undefined, dir: string, name: string): Promise<string | undefined> {
  if (!stack) return undefined;
  await stack.settled();
  const file = path.join(dir, `${name}-endpoints.json`);
  writeJson(file, stack.endpoints);
  return file;
}

function missingServers(endpointsFile: string): ServerName[] {
  const endpoints = JSON.parse(readFileSync(endpointsFile, 'utf8')) as Endpoints;
  return PRODUCT_SERVERS.filter((server) => endpoints[server] === undefined);
}

interface JestRun {
  name: string;
  lane: Lane;
  jestArgs: string[];
  dir: string;
  endpoints: string | undefined;
  stopping: AbortSignal;
  progress: Progress;
}

/** Runs the files of a lane; resolves with jest's exit status. */
async function runJest({ name, lane, jestArgs, dir, endpoints, stopping, progress }: JestRun): Promise<number> {
  if (lane.files.length === 0 || stopping.aborted) return 0;
  const list = path.join(dir, `${name}.json`);
  writeFileSync(list, JSON.stringify(lane.files));
  const workers = lane.workers === 1 ? ['--runInBand'] : [`--maxWorkers=${lane.workers}`];
  const runner = (file: string): string => path.join(__dirname, 'runner', file);
  const hooks = [`--reporters=${runner('reporter.mjs')}`, `--testSequencer=${runner('sequencer.mjs')}`];
  const options = [...hooks, ...workers, ...jestArgs];
  const child = spawn(...boundToParent(process.execPath, [require.resolve('jest/bin/jest'), ...options], 'SIGTERM'), {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    signal: stopping,
    env: {
      ...process.env,
      ...(endpoints === undefined ? {} : { STACK_ENDPOINTS: endpoints }),
      TEST_FILES: list,
      // Said once for each test file otherwise; docs/limits.md has it.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  });
  let open = lane.files.length;
  const abandon = (): void => {
    if (!child.kill('SIGKILL')) return;
    progress.say(
      `A test of the lane ${name} has left something open, such as a browser, so jest did not end. It was stopped, and the run has failed.`,
    );
  };
  child.on('message', (message: { event: 'begun'; path: string } | ({ event: 'ended' } & FileResult)) => {
    if (message.event === 'begun') return progress.begin(message.path);
    progress.end(message);
    open -= 1;
    if (open === 0) setTimeout(abandon, LEFT_OPEN_MS).unref();
  });
  return new Promise((resolve) => child.once('error', () => undefined).once('exit', (status) => resolve(status ?? 1)));
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
