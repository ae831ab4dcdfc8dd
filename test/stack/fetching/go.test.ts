import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findGo } from '../../../stack/fetching/go';

describe('the Go toolchain', () => {
  let dir: string;
  const { PATH, XDG_CACHE_HOME } = process.env;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'go-test-'));
    // There is no Python on PATH, so nothing can be fetched.
    Object.assign(process.env, { PATH: dir, XDG_CACHE_HOME: join(dir, 'cache') });
  });
  afterEach(() => {
    process.env.PATH = PATH;
    if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
    rmSync(dir, { recursive: true, force: true });
  });
  const installGo = (version: string): void =>
    writeFileSync(join(dir, 'go'), `#!/bin/sh\necho 'go version ${version} linux/amd64'\n`, { mode: 0o755 });

  test('is the installed one, if it can fetch a newer toolchain by itself', async () => {
    installGo('go1.21.0');
    await expect(findGo()).resolves.toBe('go');
  });

  test.each([
    ['is missing', () => undefined],
    ['is older', () => installGo('go1.20.14')],
  ])('is fetched if the installed one %s; if that is impossible, the remedy is named', async (_how, install) => {
    install();
    await expect(findGo()).rejects.toMatchObject({ command: 'apt-get install python3-pip' });
    expect(readdirSync(join(dir, 'cache', 'tenant-provisioner'))).toEqual([]);
  });
});
