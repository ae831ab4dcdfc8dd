// A signal sent only to `npm run` ends npm and its shell but leaves this process and all its servers running. Therefore this process
// watches npm, and sends itself SIGHUP when npm has gone.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setInterval } from 'node:timers';

const EVERY_MS = 250;

/** Sends this process SIGHUP, once, when the npm that started it has ended. Does nothing if npm did not start it. */
export function hangUpWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  // npm runs scripts in a shell. Some shells replace themselves with the program; others stay between npm and us.
  const shell = readProcess(parent);
  const npm = shell && /^-?(?:.*\/)?(?:sh|dash|bash|zsh|ash)$/.test(shell.name) ? shell.parent : undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent && (npm === undefined || isChild(parent, npm))) return;
    clearInterval(timer);
    // The reader of our output may be gone too: writing to it must not fail.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
    process.kill(process.pid, 'SIGHUP');
  }, EVERY_MS);
  timer.unref();
}

/**
 * Whether `pid` still has this parent: a process whose parent ends gets another one. Without /proc this only checks that the parent exists,
 * because reading a process's parent would start `ps` each time.
 */
function isChild(pid, parent) {
  if (process.platform === 'linux') return readProcess(pid)?.parent === parent;
  try {
    process.kill(parent, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function readProcess(pid) {
  try {
    if (process.platform !== 'linux') {
      const [, parent, name] = /^\s*(\d+)\s+(.*\S)/.exec(
        execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' }),
      );
      return { parent: Number(parent), name };
    }
    // proc(5): name in parentheses, state, parent.
    const [, name, parent] = /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return { parent: Number(parent), name };
  } catch {
    return undefined;
  }
}
