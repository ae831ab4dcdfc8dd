// `npm run` stands between us and whoever started it: a signal to npm alone ends npm and the shell it uses, and leaves us behind with every
// server. This notices that npm is gone, and hangs up.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setInterval } from 'node:timers';

const EVERY_MS = 250;

/** Sends this process SIGHUP once when the npm that started it has ended. Does nothing when npm did not start it. */
export function hangUpWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  // npm runs scripts in a shell, and some shells replace themselves by the program and others wait for it.
  const shell = lookAt(parent);
  const npm = shell && /^-?(?:.*\/)?(?:sh|dash|bash|zsh|ash)$/.test(shell.name) ? shell.parent : undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent && (npm === undefined || isChild(parent, npm))) return;
    clearInterval(timer);
    // Whoever read our output may be gone too.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
    process.kill(process.pid, 'SIGHUP');
  }, EVERY_MS);
  timer.unref();
}

/** A process whose parent has ended gets another one. Without /proc, asking for that would cost a process each time. */
function isChild(pid, parent) {
  if (process.platform === 'linux') return lookAt(pid)?.parent === parent;
  try {
    process.kill(parent, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function lookAt(pid) {
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
