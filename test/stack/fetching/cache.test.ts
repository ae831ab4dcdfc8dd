import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir, cached } from '../../../stack/fetching/cache';

// The id of a process that has ended.
const deadPid = (): number => Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));

describe('the cache', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'cache-test-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  test('fills a folder once and returns it from then on', async () => {
    let filled = 0;
    const fill = async (dir: string): Promise<void> => {
      filled++;
      await writeFile(join(dir, 'binary'), 'content');
    };
    const first = await cached('thing-1', fill, { root });
    const second = await cached('thing-1', fill, { root });
    expect([first, filled]).toEqual([second, 1]);
    expect(readFileSync(join(second, 'binary'), 'utf8')).toBe('content');
  });

  test('leaves nothing behind when filling fails, and tries again the next time', async () => {
    const broken = cached('thing-1', () => Promise.reject(new Error('connection reset')), { root });
    await expect(broken).rejects.toThrow('connection reset');
    expect(readdirSync(root)).toEqual([]);
    await cached('thing-1', (dir) => writeFile(join(dir, 'binary'), ''), { root });
    expect(readdirSync(root)).toEqual(['thing-1']);
  });

  test('does the work once for concurrent callers', async () => {
    let filled = 0;
    const fill = async (dir: string): Promise<void> => writeFile(join(dir, 'binary'), String(++filled));
    const dirs = await Promise.all([1, 2, 3].map(() => cached('thing-1', fill, { root })));
    expect([new Set(dirs).size, filled]).toEqual([1, 1]);
  });

  test('takes over from a process that died while filling, and removes its draft', async () => {
    const dead = deadPid();
    writeFileSync(join(root, 'thing-1.lock'), String(dead));
    mkdirSync(join(root, `.draft-thing-1-${dead}-abc`));
    await cached('thing-1', (dir) => writeFile(join(dir, 'binary'), ''), { root });
    expect(readdirSync(root)).toEqual(['thing-1']);
  });

  test('stops waiting for another process when aborted', async () => {
    writeFileSync(join(root, 'thing-1.lock'), String(process.ppid));
    const abort = new AbortController();
    const waiting = cached('thing-1', async () => undefined, {
      root,
      signal: abort.signal,
      onWait: () => abort.abort(),
    });
    await expect(waiting).rejects.toThrow();
    expect(existsSync(join(root, 'thing-1'))).toBe(false);
  });

  test('is in the folder given by XDG_CACHE_HOME', () => {
    const before = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = '/somewhere';
    try {
      expect(cacheDir()).toBe('/somewhere/tenant-provisioner');
    } finally {
      if (before === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = before;
    }
  });
});
