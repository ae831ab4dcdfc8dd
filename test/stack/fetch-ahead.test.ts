import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { eventually } from './eventually';
import { startFileServer, type FileServer } from './fetching/file-server';

const GATEWAY = /^\/github\.com\/versity\/versitygw\/.*checksums\.txt$/;
const KEYCLOAK = /^\/github\.com\/keycloak\/keycloak\/.*\.tar\.gz$/;

describe('fetching servers while npm installs the dependencies', () => {
  let dir: string;
  let server: FileServer;
  let child: ChildProcess;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'fetch-ahead-'));
    server = await startFileServer();
    // Only Node is installed, and no release is ever answered.
    mkdirSync(join(dir, 'bin'));
    symlinkSync(process.execPath, join(dir, 'bin', 'node'));
    server.answers.get = () => () => undefined;
    child = spawn('node', ['--import', 'tsx', 'stack/fetch-ahead.ts'], {
      cwd: resolve(__dirname, '../..'),
      env: { PATH: join(dir, 'bin'), XDG_CACHE_HOME: join(dir, 'cache'), STACK_RELEASE_MIRROR: server.url },
      stdio: ['pipe', 'inherit', 'inherit'],
    });
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  });

  test.each([
    ['Ctrl-C', () => child.kill('SIGINT')],
    ['the end of the process that started it', () => child.stdin?.end()],
  ])(
    '%s ends it and leaves nothing in the cache',
    async (_what, stop) => {
      await eventually(
        () => [GATEWAY, KEYCLOAK].every((path) => server.requests.some((one) => path.test(one))),
        15_000,
      );
      const ended = once(child, 'close');
      stop();
      await ended;
      expect(readdirSync(join(dir, 'cache', 'tenant-provisioner'))).toEqual([]);
    },
    30_000,
  );
});
