import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { boundToParent } from './process';

/**
 * Runs a tool (go, pip, npm, initdb …) to its end and returns its standard output. `onLine` gets every line of output and error
 * output, for progress. Throws with the last lines if the tool fails. If `signal` aborts, or this process dies, the tool and its children
 * are killed. The library execa would kill the tool alone, and leave behind the compilers that Go and Maven start.
 */
export function runTool(
  command: string,
  args: string[],
  options: {
    cwd?: string;
    env?: Record<string, string>;
    user?: { uid: number; gid: number } | undefined;
    onLine?: (line: string) => void;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    options.signal?.throwIfAborted();
    const child = spawn(...boundToParent(command, args, 'SIGKILL'), {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      ...options.user,
    });
    const output: string[] = [];
    const last: string[] = [];
    for (const [stream, keep] of [
      [child.stdout, true],
      [child.stderr, false],
    ] as const) {
      createInterface({ input: stream }).on('line', (line) => {
        if (keep) output.push(line);
        if (last.push(line) > 15) last.shift();
        options.onLine?.(line);
      });
    }
    const abort = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    options.signal?.addEventListener('abort', abort, { once: true });
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      options.signal?.removeEventListener('abort', abort);
      if (code === 0) resolve(output.join('\n'));
      else if (options.signal?.aborted) reject(new Error(`${command} was stopped.`, { cause: options.signal.reason }));
      else
        reject(new Error(`${command} ${args.join(' ')} ended with ${killedBy ?? `code ${code}`}:\n${last.join('\n')}`));
    });
  });
}

/** The first line that a tool prints for `--version` (or `args`), or undefined if the tool is missing or fails. */
export function versionOf(command: string, args: string[] = ['--version']): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 20_000, env: process.env }, (error, stdout, stderr) => {
      resolve(error ? undefined : (stdout || stderr).trim().split('\n')[0]);
    });
  });
}
