import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const PROGRAM = join(__dirname, '../../../../clients/typescript/bin/tenants.mjs');

/** What a call of the command line has done. */
export interface Called {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** How to call it. */
export interface CallOptions {
  env?: Record<string, string>;
  input?: string;
  /** Called with the process, and with everything it has printed so far. */
  onOutput?: (process: ChildProcess, stdout: string) => void;
}

/** Calls `tenants` as a process without a terminal and without the settings of this machine. */
export function tenants(
  args: readonly string[],
  { env = {}, input = '', onOutput }: CallOptions = {},
): Promise<Called> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', TZ: 'Europe/Berlin', ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onOutput?.(child, stdout);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (status) => resolve({ status, stdout, stderr }));
  });
}
