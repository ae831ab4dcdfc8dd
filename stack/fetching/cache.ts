import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../errors';
import { isAlive } from '../processes/pid';

/**
 * Folder for downloaded and built servers, shared by all checkouts: `$XDG_CACHE_HOME/tenant-provisioner`, or else
 * `~/.cache/tenant-provisioner`. Everything in it may be deleted at any time and is then fetched again.
 */
export function cacheDir(): string {
  const base = process.env.XDG_CACHE_HOME;
  return join(base !== undefined && base.startsWith('/') ? base : join(homedir(), '.cache'), 'tenant-provisioner');
}

/** This machine's operating system and processor, for example `linux-x64` or `darwin-arm64`. */
export const PLATFORM = `${process.platform}-${process.arch}`;

/** Cache key of a platform-specific item, for example `temporal-1.8.2-linux-x64`. */
export function platformKey(name: string, version: string): string {
  return `${name}-${version}-${PLATFORM}`;
}

/**
 * Returns the folder `key` of the cache, and lets `fill` create it if it is missing. An existing folder is always complete, because `fill`
 * works in a temporary folder that is renamed at the end. If two processes need the same key at once, one normally waits for the other; if
 * both do the work, the first one wins and both get its folder. Rethrows errors of `fill` and leaves nothing behind. `signal` only ends the
 * wait for another process; `fill` has to handle its own cancellation.
 */
export async function cached(
  key: string,
  fill: (dir: string) => Promise<void>,
  {
    root = cacheDir(),
    onWait,
    signal,
  }: { root?: string; onWait?: (holderPid: number) => void; signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const target = join(root, key);
  if (existsSync(target)) return target;
  await mkdir(root, { recursive: true });
  const unlock = await lock(`${target}.lock`, onWait, signal);
  try {
    if (existsSync(target)) return target;
    await removeAbandoned(target);
    const draft = await mkdtemp(join(root, `.draft-${key}-${process.pid}-`));
    try {
      await fill(draft);
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      if (!isClash(error) || !existsSync(target)) throw error;
    }
    return target;
  } finally {
    await unlock();
  }
}

// The lock only avoids duplicate work; correctness comes from the atomic rename. A lock whose owner has died is taken over.
async function lock(
  path: string,
  onWait?: (holderPid: number) => void,
  signal?: AbortSignal,
): Promise<() => Promise<void>> {
  for (let told = false; ; await sleep(200)) {
    signal?.throwIfAborted();
    try {
      const file = await open(path, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    if (holder > 0 && !isAlive(holder)) await rm(path, { force: true });
    else if (holder > 0 && !told) {
      told = true;
      onWait?.(holder);
    }
  }
}

/** Removes drafts of `target` left by processes that were killed. */
async function removeAbandoned(target: string): Promise<void> {
  const prefix = `.draft-${basename(target)}-`;
  for (const name of await readdir(dirname(target))) {
    const maker = Number(name.slice(prefix.length).split('-')[0]);
    if (name.startsWith(prefix) && !isAlive(maker))
      await rm(join(dirname(target), name), { recursive: true, force: true });
  }
}

function isClash(error: unknown): boolean {
  return ['EEXIST', 'ENOTEMPTY'].includes(codeOf(error) ?? '');
}
