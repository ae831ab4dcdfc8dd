import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The user PostgreSQL runs as when we are root: it refuses to run as root. */
export interface SystemUser {
  uid: number;
  gid: number;
}

/** `postgres` where there is one, else `nobody`; undefined when we are not root and need nobody else. */
export function databaseUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: idOf('-u', name), gid: idOf('-g', name) };
    } catch {
      // Not on this machine; the next one.
    }
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is no user postgres or nobody. Run this as another user.',
  );
}

/**
 * `dir` made, if `user` can enter it. Otherwise (a checkout or cache below a closed folder such as root's home) a folder of ours under
 * /var/tmp that always belongs to the same `dir`.
 */
export function enterableDir(dir: string, user: SystemUser | undefined): string {
  mkdirSync(dir, { recursive: true });
  if (user === undefined || canEnter(dir, user)) return dir;
  const ours = `/var/tmp/tenant-provisioner-${process.getuid?.() ?? 0}`;
  mkdirSync(ours, { recursive: true, mode: 0o711 });
  const owner = lstatSync(ours);
  if (!owner.isDirectory() || owner.uid !== process.getuid?.()) {
    throw new Error(
      `${ours} is not a folder of ours. Remove it, or put the checkout where user ${user.uid} can enter.`,
    );
  }
  chmodSync(ours, 0o711);
  const stand = join(ours, createHash('sha256').update(dir).digest('hex').slice(0, 16));
  mkdirSync(stand, { recursive: true, mode: 0o755 });
  return stand;
}

/** Makes a folder that only `user` can read. */
export function privateDir(dir: string, user: SystemUser | undefined): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (user) chownSync(dir, user.uid, user.gid);
}

function canEnter(dir: string, user: SystemUser): boolean {
  return spawnSync('test', ['-x', dir], { uid: user.uid, gid: user.gid }).status === 0;
}

function idOf(flag: '-u' | '-g', name: string): number {
  return Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
}
