import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf, isAlive } from '../../../stack/processes/pid';
import { spawnServer, type ServerSpec } from '../../../stack/processes/process';
import { eventually } from '../eventually';

describe('a server process', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'process-test-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const shell = (script: string, more: Partial<ServerSpec> = {}): ServerSpec => ({
    name: 'example',
    command: 'sh',
    args: ['-c', script],
    logFile: join(dir, 'example.log'),
    pidFile: join(dir, 'example.pid'),
    isReady: async () => readFileSync(join(dir, 'example.log'), 'utf8').includes('ready'),
    ...more,
  });

  test('is ready when it says so, and after stop it is gone with its children and its pid file', async () => {
    const server = await spawnServer(shell('sleep 1000 & echo child $!; echo ready; wait'));
    const child = Number(/child (\d+)/.exec(readFileSync(join(dir, 'example.log'), 'utf8'))?.[1]);
    expect([server.isRunning(), isAlive(server.pid), isAlive(child)]).toEqual([true, true, true]);
    await server.stop();
    await eventually(() => !isAlive(child));
    expect([server.isRunning(), isAlive(server.pid)]).toEqual([false, false]);
    expect(existsSync(join(dir, 'example.pid'))).toBe(false);
  });

  test('that exits early is reported with the end of its log', async () => {
    const start = spawnServer(shell('echo cannot bind the port; exit 3'));
    await expect(start).rejects.toThrow(/example exited with code 3 before it was ready[^]*cannot bind the port/);
  });

  test('that exits early for a transient reason is started again', async () => {
    const script = 'test -e seen && { echo ready; exec sleep 1000; }; touch seen; echo memory is still in use; exit 1';
    const server = await spawnServer(shell(script, { cwd: dir, retryOn: /still in use/ }));
    expect(server.isRunning()).toBe(true);
    await server.stop();
  });

  test('that never becomes ready is stopped and reported', async () => {
    const start = spawnServer(shell('echo $$; exec sleep 1000', { readyTimeout: 300 }));
    await expect(start).rejects.toThrow('example was not ready after 0.3 s');
    const pid = Number(readFileSync(join(dir, 'example.log'), 'utf8').split('\n')[0]);
    expect(isAlive(pid)).toBe(false);
  });

  test('that ignores the request to stop is killed after its time', async () => {
    const server = await spawnServer(
      shell("trap '' TERM; echo ready; while :; do sleep 1; done", { stopTimeout: 200 }),
    );
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
  });

  test('that ends by itself is reported once; one that was killed on purpose is not', async () => {
    const ends: string[] = [];
    const onUnexpectedExit = (how: string): void => void ends.push(how);
    const server = await spawnServer(shell('echo ready; sleep 1000', { onUnexpectedExit }));
    process.kill(server.pid, 'SIGKILL');
    await eventually(() => ends.length > 0);
    const another = await spawnServer(shell('echo ready; sleep 1000', { onUnexpectedExit }));
    await another.kill('SIGKILL');
    expect(ends).toEqual(['was ended by SIGKILL']);
  });

  test('does not inherit the environment of the shell that starts the stack', async () => {
    process.env.SECRET_OF_THE_SHELL = 'leaked';
    const server = await spawnServer(shell('env; echo ready; sleep 1000', { env: { GIVEN: 'yes' } }));
    delete process.env.SECRET_OF_THE_SHELL;
    const log = readFileSync(join(dir, 'example.log'), 'utf8');
    await server.stop();
    expect(log).toContain('GIVEN=yes');
    expect(log).not.toContain('leaked');
  });

  test('dies with its parent even when the parent is killed, and the next start would stop any survivor', async () => {
    const parent = spawn(process.execPath, ['--import', require.resolve('tsx'), '--eval', parentOf(dir)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    if (existsSync('/usr/bin/setpriv')) await eventually(() => !isAlive(pid));
    const identity = identityOf(pid);
    const next = await spawnServer(shell('echo ready; sleep 1000'));
    if (identity !== undefined) expect(identityOf(pid)).not.toBe(identity);
    await next.stop();
  });
});

function parentOf(dir: string): string {
  return `
    const { spawnServer } = require(${JSON.stringify(join(__dirname, '../../../stack/processes/process.ts'))});
    spawnServer({ name: 'example', command: 'sleep', args: ['1000'], isReady: async () => true,
      logFile: ${JSON.stringify(join(dir, 'child.log'))}, pidFile: ${JSON.stringify(join(dir, 'example.pid'))} })
      .then((server) => { console.log(server.pid); setInterval(() => undefined, 1000); });`;
}
