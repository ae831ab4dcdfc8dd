import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The user that PostgreSQL runs as if we are root, because it refuses to run as root. */
export interface SystemUser {
  uid: number;
  gid: number;
}

/** The user `postgres` if it exists, or else `nobody`. Undefined if we are not root, and no other user is needed. */
export function databaseUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: idOf('-u', name), gid: idOf('-g', name) };
    } catch {
      // This user does not exist on this machine.
    }
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and there is neither a user postgres nor a user nobody. Run this as another user.',
  );
}

/**
 * Creates `dir` and returns it if `user` can enter it. Otherwise (for a checkout or cache below a closed folder such as root's home)
 * returns a folder under /var/tmp that is always the same for the same `dir`.
 */
export function enterableDir(dir: string, user: SystemUser | undefined): string {
  mkdirSync(dir, { recursive: true });
  if (user === undefined || canEnter(dir, user)) return dir;
  const ours = `/var/tmp/tenant-provisioner-${process.getuid?.() ?? 0}`;
  mkdirSync(ours, { recursive: true, mode: 0o711 });
  const owner = lstatSync(ours);
  if (!owner.isDirectory() || owner.uid !== process.getuid?.()) {
    throw new Error(
      `${ours} is not a folder that belongs to us. Remove it, or move the checkout to a place that user ${user.uid} can enter.`,
    );
  }
  chmodSync(ours, 0o711);
  const substitute = join(ours, createHash('sha256').update(dir).digest('hex').slice(0, 16));
  mkdirSync(substitute, { recursive: true, mode: 0o755 });
  return substitute;
}

/** Creates a folder that only `user` can read. */
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
