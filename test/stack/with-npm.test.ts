import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isAlive } from '../../stack/processes/pid';
import { eventually } from './eventually';

const ROOT = resolve(__dirname, '../..');

/** The processes of one `npm run`, in a folder of its own. */
let dir: string;
let npm: ChildProcess;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'with-npm-'));
  const up = `node ${ROOT}/stack/bootstrap.mjs stack/main.ts up --servers mail --dir ${dir}/stack`;
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'with-npm', scripts: { up } }));
  // The servers of the test run must not be used instead of new ones.
  const { STACK_ENDPOINTS: _given, ...env } = process.env;
  npm = spawn('npm', ['run', 'up'], { cwd: dir, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
});
afterEach(() => {
  for (const pid of pids()) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** The process that holds the stack, and the servers it has started. */
function pids(): number[] {
  const folder = join(dir, 'stack', 'pids');
  const files = existsSync(folder) ? readdirSync(folder).map((file) => join(folder, file)) : [];
  return [join(dir, 'stack', 'owner.pid'), ...files]
    .filter(existsSync)
    .map((file) => parseInt(readFileSync(file, 'utf8'), 10));
}

test.each(['SIGTERM', 'SIGKILL'] as const)('no process is left when %s ends only npm', async (signal) => {
  let said = '';
  npm.stdout!.on('data', (chunk) => (said += String(chunk)));
  await eventually(() => said.includes('Ctrl-C stops'), 60_000);
  const running = pids();
  expect(running.length).toBeGreaterThanOrEqual(2);
  expect(running.every(isAlive)).toBe(true);
  npm.kill(signal);
  await eventually(() => !running.some(isAlive), 20_000);
  expect(existsSync(join(dir, 'stack', 'owner.pid'))).toBe(false);
});
