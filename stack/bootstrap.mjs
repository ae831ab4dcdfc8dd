// Runs a TypeScript program of this checkout – `node stack/bootstrap.mjs <file> [arguments]` – on a machine that may have nothing but Node.
// Installs the dependencies first if they are missing or older than the lock file, so it may not import any of them itself.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { fetchAhead } from './fetch-ahead.mjs';
import { hangUpWithNpm } from './with-npm.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST = [20, 19];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  stop(
    `Node ${OLDEST.join('.')} or newer is required, but this is Node ${process.versions.node}. Install a newer one from https://nodejs.org and try again.`,
  );
}
const [script, ...args] = process.argv.slice(2);
if (script === undefined) stop('Usage: node stack/bootstrap.mjs <file> [arguments]');
process.chdir(ROOT);
hangUpWithNpm();
if (!isInstalled()) await install();
const require = createRequire(import.meta.url);
await import('tsx');
// From here on, everything looks as if Node had been started with the program itself.
process.argv = [process.argv[0], resolve(script), ...args];
require(resolve(script));

function isInstalled() {
  const installed = join('node_modules', '.package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs;
}

async function install() {
  const began = Date.now();
  const seconds = () => `${Math.round((Date.now() - began) / 1000)} s`;
  process.stderr.write('dependencies: installing with npm ci; takes about a minute, once\n');
  // Only these programs always start every server.
  if (resolve(script).startsWith(join(ROOT, 'stack'))) fetchAhead().catch(() => {});
  const alive = setInterval(() => process.stderr.write(`dependencies: still installing, ${seconds()}\n`), 10_000);
  const npm = process.env.npm_execpath;
  const [command, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  // npm's progress bar is switched off because it would be mixed up with our own lines.
  const child = spawn(
    command,
    [...before, 'ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', '--no-progress'],
    {
      stdio: 'inherit',
    },
  );
  const onSignal = () => {
    child.kill();
    process.exit(130);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.once(signal, onSignal);
  const code = await new Promise((done) => child.once('exit', done).once('error', () => done(1)));
  clearInterval(alive);
  for (const signal of signals) process.removeListener(signal, onSignal);
  if (code !== 0) stop('dependencies: npm ci failed, see the messages above. Run it on its own to see more: npm ci');
  process.stderr.write(`dependencies: installed in ${seconds()}\n`);
}

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
