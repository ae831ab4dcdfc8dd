import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cached, platformKey } from './cache';
import { withPorts, type ServerContext, type StartServer } from './context';
import { goInstall } from './fetch';
import { versionOf } from './tool';
import { REGIONS, type RegionObjectStore } from './types';
import source from './versitygw.json';

// In a file of its own, because the bootstrap reads it too, before TypeScript can be run.
const VERSION = source.version;
const MODULE = `${source.package}@v${VERSION}`;

/** One Versity S3 Gateway a region, each on a folder of its own. */
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

async function findGateway(context: ServerContext): Promise<string> {
  const command = process.env.STACK_VERSITYGW_BIN ?? 'versitygw';
  const version = await versionOf(command);
  if (version !== undefined) {
    context.tell('found', `${version} (${command})`);
    return command;
  }
  const key = platformKey('versitygw', VERSION);
  const dir = await cached(
    key,
    async (into) => {
      context.tell('building', `Versity S3 Gateway ${VERSION} with Go; about a minute, once`);
      await goInstall(MODULE, {
        into,
        signal: context.signal,
        onProgress: (detail) => context.tell('building', detail),
      });
    },
    { signal: context.signal, onWait: (pid) => context.tell('building', `process ${pid} is building it already`) },
  );
  context.tell('found', `Versity S3 Gateway ${VERSION} in the cache`);
  return join(dir, 'versitygw');
}
