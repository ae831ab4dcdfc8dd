import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Starts fetching and building the slowest servers (fetch-ahead.ts) while npm installs the dependencies. Goes on after the dependencies are
 * there: the stack waits for what is still being made. A failure does not matter, because the stack tries again and reports it. Ends
 * together with this process.
 */
export async function fetchAhead() {
  if (process.env.STACK_ENDPOINTS) return;
  const dir = mkdtempSync(join(tmpdir(), 'tenant-provisioner-'));
  const removeDir = () => rmSync(dir, { recursive: true, force: true });
  process.once('exit', removeDir);
  const { tsx } = JSON.parse(readFileSync('package.json', 'utf8')).devDependencies;
  const quiet = ['--no-audit', '--no-fund', '--no-save', '--loglevel=silent', '--ignore-scripts'];
  // TypeScript needs tsx, which comes with the other dependencies only in a minute.
  if (!(await run('npm', ['install', '--prefix', dir, ...quiet, `tsx@${tsx}`]))) return;
  const loader = createRequire(join(dir, 'package.json')).resolve('tsx');
  await run(process.execPath, ['--import', loader, join('stack', 'fetch-ahead.ts')]);
  removeDir();
}

/** Runs a command and tells whether it succeeded. */
async function run(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  child.unref();
  return once(child, 'exit').then(
    ([code]) => code === 0,
    () => false,
  );
}
