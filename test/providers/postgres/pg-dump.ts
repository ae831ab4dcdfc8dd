import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FROM_NPM, installedAt, OLDEST_MAJOR } from '../../../stack/servers/postgres/binaries';

/** The `pg_dump` installed beside the stack's server; undefined where there is none, as with the server from npm. */
export function installedPgDump(): string | undefined {
  const given = process.env.STACK_POSTGRES_BIN;
  if (given === FROM_NPM) return undefined;
  return (given === undefined ? installedAt() : [given])
    .map((dir) => join(dir, 'pg_dump'))
    .find((file) => existsSync(file) && majorOf(file) >= OLDEST_MAJOR);
}

function majorOf(pgDump: string): number {
  return Number(/\d+/.exec(execFileSync(pgDump, ['--version'], { encoding: 'utf8' }))?.[0]);
}
