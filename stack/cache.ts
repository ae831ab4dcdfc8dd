import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './errors';
import { isAlive } from './pid';

/**
 * Where downloaded and built servers are kept between checkouts: `$XDG_CACHE_HOME/tenant-provisioner`, else
 * `~/.cache/tenant-provisioner`. Everything in it can be deleted at any time; it is then fetched again.
 */
export function cacheDir(): string {
  const base = process.env.XDG_CACHE_HOME;
  return join(base !== undefined && base.startsWith('/') ? base : join(homedir(), '.cache'), 'tenant-provisioner');
}

/** The name of a cached thing that differs between machines, for example `temporal-1.8.2-linux-x64`. */
export function platformKey(name: string, version: string): string {
  return `${name}-${version}-${process.platform}-${process.arch}`;
}

/**
 * The folder `key` of the cache, made by `fill` if it is not there yet. A folder that exists is complete: `fill` works in a
 * temporary folder, which is renamed at the end. Two processes that want the same key at once do the work once; when both
 * do it nevertheless, the first one wins and both get its folder. What `fill` throws is thrown, and nothing is left. `signal` ends the
 * waiting for another process; ending `fill` is the business of `fill`.
 */
export async function cached(
  key: string,
  fill: (dir: string) => Promise<void>,
  {
    root = cacheDir(),
    onWait,
    signal,
  }: { root?: string; onWait?: (holderPid: number) => void; signal?: AbortSignal } = {},
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

// The lock only saves double work; the rename is what keeps the cache right. A lock whose owner died is taken over.
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

/** Removes drafts of `target` whose makers were killed. */
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
