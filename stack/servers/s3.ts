import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cached, PLATFORM, platformKey } from '../fetching/cache';
import { withPorts, type ServerContext, type StartServer } from '../processes/context';
import { goInstall } from '../fetching/go';
import { releaseArchive, type ReleaseFile } from '../fetching/release';
import { fetchFromFirst } from '../fetching/sources';
import { versionOf } from '../processes/tool';
import { REGIONS, type RegionObjectStore } from '../types';

const VERSION = '1.7.0';
const MODULE = `github.com/versity/versitygw/cmd/versitygw@v${VERSION}`;

// The publisher's list is used because the checksums of this version could not be pinned from an independent record.
const release = (platform: string): ReleaseFile => {
  const folder = `https://github.com/versity/versitygw/releases/download/v${VERSION}`;
  return {
    url: `${folder}/versitygw_v${VERSION}_${platform}.tar.gz`,
    sha256: { listedAt: `${folder}/checksums.txt` },
  };
};
const RELEASES: Record<string, ReleaseFile> = {
  'linux-x64': release('Linux_x86_64'),
  'linux-arm64': release('Linux_arm64'),
  'darwin-x64': release('Darwin_x86_64'),
  'darwin-arm64': release('Darwin_arm64'),
};

/** Starts one Versity S3 Gateway for each region, with its own folder. */
export const startS3: StartServer = async (context) => {
  const command = await findGateway(context);
  context.tell('starting', REGIONS.join(', '));
  const started = REGIONS.map(async (region) => [region, await startGateway(context, command, region)] as const);
  return { s3: Object.fromEntries(await Promise.all(started)) };
};

async function startGateway(context: ServerContext, command: string, region: string): Promise<RegionObjectStore> {
  const dirOf = (purpose: string): string => join(context.dir, region, purpose);
  for (const purpose of ['data', 'versions', 'iam']) mkdirSync(dirOf(purpose), { recursive: true, mode: 0o700 });
  const accessKeyId = `root-${region}`;
  const secretAccessKey = context.state.secret(`s3.${region}.root`);
  const names = [`s3.${region}`, `s3.${region}.admin`] as const;
  return withPorts(context.state, names, async (ports) => {
    const [address, adminAddress] = names.map((name) => `127.0.0.1:${ports[name]}`) as [string, string];
    await context.spawn({
      name: `s3.${region}`,
      command,
      args: [
        ...['--port', address, '--admin-port', adminAddress, '--region', region, '--iam-dir', dirOf('iam'), '--quiet'],
        ...['--health', '/health', 'posix', '--versioning-dir', dirOf('versions'), dirOf('data')],
      ],
      env: { ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
      isReady: async () => (await fetch(`http://${address}/health`)).ok,
    });
    return {
      endpoint: `http://${address}`,
      adminEndpoint: `http://${adminAddress}`,
      accessKeyId,
      secretAccessKey,
      region,
    };
  });
}

/** The command of the gateway: an installed one, or else one that is fetched or built into the cache. */
export async function findGateway(context: Pick<ServerContext, 'tell' | 'signal'>): Promise<string> {
  const command = process.env.STACK_VERSITYGW_BIN ?? 'versitygw';
  const version = await versionOf(command);
  if (version !== undefined) {
    context.tell('found', `${version} (${command})`);
    return command;
  }
  const build = (into: string): Promise<void> => {
    context.tell('building', `Versity S3 Gateway ${VERSION} with Go; takes about a minute, once`);
    const onProgress = (detail: string): void => context.tell('building', detail);
    return goInstall(MODULE, { into, signal: context.signal, onProgress });
  };
  const fill = (into: string): Promise<void> =>
    fetchFromFirst(
      `Versity S3 Gateway ${VERSION}`,
      [
        releaseArchive(RELEASES[PLATFORM], { strip: 1 }),
        { name: 'a build from the Go module proxy', fetch: () => build(into) },
      ],
      `install it (https://github.com/versity/versitygw), or set STACK_VERSITYGW_BIN to its path`,
      { into, context },
    );
  const dir = await cached(platformKey('versitygw', VERSION), fill, {
    signal: context.signal,
    onWait: (pid) => context.tell('building', `process ${pid} is already fetching or building it`),
  });
  context.tell('found', `Versity S3 Gateway ${VERSION} in the cache`);
  return join(dir, 'versitygw');
}
