import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors';
import { identityOf, isAlive } from './pid';

/** Describes how to start a server process, check that it is ready, and stop it. */
export interface ServerSpec {
  /** Unique within a stack, for example `s3.eu-central`. */
  name: string;
  command: string;
  args: string[];
  /** Added to a minimal environment (PATH, HOME, LANG, TZ, TMPDIR …), so that the user's shell settings do not leak in. */
  env?: Record<string, string>;
  cwd?: string;
  /** User to run as; requires root. */
  user?: { uid: number; gid: number };
  /** File for standard output and error. The previous run's log is kept beside it as `….old`. */
  logFile: string;
  /** Holds the process's identity while it runs, so that a later run can stop what a killed run left behind. */
  pidFile: string;
  /** Called every 50 ms until it returns true; an exception counts as "not yet". */
  isReady: () => Promise<boolean>;
  /** Milliseconds until the start has failed. Default 60 000. */
  readyTimeout?: number;
  /** If the server exits before it is ready and its log matches this, it is started again until `readyTimeout` has passed. */
  retryOn?: RegExp;
  /** Signal that asks the server to stop; the kernel also sends it when this process dies. Default SIGTERM. */
  stopSignal?: 'SIGTERM' | 'SIGINT' | 'SIGKILL';
  /** Milliseconds after the stop signal until SIGKILL. Default 10 000. */
  stopTimeout?: number;
  /** Called once if the process ends unasked after it was ready. */
  onUnexpectedExit?: (how: string) => void;
  /** Stops the process if it aborts before the process is ready. */
  signal?: AbortSignal;
}

/** A running server process. */
export interface ServerProcess {
  readonly name: string;
  readonly pid: number;
  isRunning(): boolean;
  /** Sends a signal. If it is one that ends processes, waits until the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Asks the server to stop and kills it after `stopTimeout`. Resolves once it and its process group are gone. */
  stop(): Promise<void>;
}

/**
 * Starts a server in its own process group and returns once it is ready. First stops a process that an earlier run left under the same pid
 * file. On Linux with `setpriv`, the server ends whenever this process ends, even if killed. If the server exits early or is not ready in
 * time, it is stopped, and this throws with the end of the log.
 */
export async function spawnServer(spec: ServerSpec): Promise<ServerProcess> {
  const deadline = Date.now() + (spec.readyTimeout ?? 60_000);
  for (;;) {
    try {
      return await startOnce(spec, deadline);
    } catch (error) {
      if (!spec.retryOn?.test(messageOf(error)) || Date.now() > deadline || spec.signal?.aborted) throw error;
      await sleep(200);
    }
  }
}

async function startOnce(spec: ServerSpec, deadline: number): Promise<ServerProcess> {
  await stopLeftover(spec.pidFile);
  spec.signal?.throwIfAborted();
  const child = launch(spec);
  const state = { ready: false };
  const server = supervise(spec, child, state);
  for (;;) {
    if (!server.isRunning())
      throw new Error(`${spec.name} ${howItEnded(child)} before it was ready. ${logTail(spec.logFile)}`);
    if (await spec.isReady().catch(() => false)) {
      state.ready = true;
      return server;
    }
    if (spec.signal?.aborted) {
      await server.stop();
      throw new Error(`${spec.name} was stopped before it was ready.`, { cause: spec.signal.reason });
    }
    if (Date.now() > deadline) {
      await server.stop();
      throw new Error(
        `${spec.name} was not ready after ${(spec.readyTimeout ?? 60_000) / 1000} s. ${logTail(spec.logFile)}`,
      );
    }
    await sleep(50);
  }
}

/** Stops the process named in a pid file, unless its id now belongs to another process, and removes the file. */
export async function stopLeftover(pidFile: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const identity = readFileSync(pidFile, 'utf8').trim();
  const pid = Number(identity.split(' ')[0]);
  if (pid > 0 && identityOf(pid) === identity) await endGroup(pid, 'SIGTERM', 5_000);
  rmSync(pidFile, { force: true });
}

/** Wraps a command so that the kernel sends it `signal` when this process dies. Only on Linux with setpriv; unchanged elsewhere. */
export function boundToParent(
  command: string,
  args: string[],
  signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL',
): [string, string[]] {
  if (!existsSync('/usr/bin/setpriv')) return [command, args];
  return ['/usr/bin/setpriv', ['--pdeathsig', signal.slice(3), '--', command, ...args]];
}

function launch(spec: ServerSpec): ChildProcess {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  mkdirSync(dirname(spec.pidFile), { recursive: true });
  if (existsSync(spec.logFile)) renameSync(spec.logFile, `${spec.logFile}.old`);
  const log = openSync(spec.logFile, 'a', 0o600);
  const [command, args] = boundToParent(spec.command, spec.args, spec.stopSignal ?? 'SIGTERM');
  try {
    return spawn(command, args, {
      cwd: spec.cwd,
      env: { ...minimalEnvironment(), ...spec.env },
      stdio: ['ignore', log, log],
      detached: true,
      ...spec.user,
    });
  } finally {
    closeSync(log);
  }
}

function supervise(spec: ServerSpec, child: ChildProcess, state: { ready: boolean }): ServerProcess {
  let asked = false;
  let failure: string | undefined;
  // A process disappears a moment before Node reports its exit. Waiting for the report keeps `isRunning` from still being true after a
  // stop.
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  child.once('error', (error) => (failure = messageOf(error)));
  const pid = child.pid;
  if (pid === undefined)
    throw new Error(`${spec.name} could not be started: ${spec.command}: ${failure ?? 'missing, or not executable'}.`);
  child.once('exit', () => {
    // Also ends what the group's leader left behind, such as Java started by a script. Later, the group's id could belong to other
    // processes.
    signalGroup(pid, 'SIGKILL');
    rmSync(spec.pidFile, { force: true });
    if (state.ready && !asked) spec.onUnexpectedExit?.(howItEnded(child));
  });
  const identity = identityOf(pid);
  if (identity !== undefined) writeFileSync(spec.pidFile, identity, { mode: 0o600 });
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null && failure === undefined;
  return {
    name: spec.name,
    pid,
    isRunning,
    async kill(signal = 'SIGKILL') {
      const ends = signal !== 'SIGSTOP' && signal !== 'SIGCONT' && signal !== 'SIGHUP';
      asked ||= ends;
      if (!isRunning()) return;
      if (!ends) return signalGroup(pid, signal);
      await endGroup(pid, signal, spec.stopTimeout ?? 10_000);
      await ended;
    },
    async stop() {
      asked = true;
      if (!isRunning()) return;
      await endGroup(pid, spec.stopSignal ?? 'SIGTERM', spec.stopTimeout ?? 10_000);
      await ended;
    },
  };
}

async function endGroup(pid: number, signal: NodeJS.Signals, timeout: number): Promise<void> {
  signalGroup(pid, signal);
  const deadline = Date.now() + timeout;
  for (let wait = 5; isAlive(pid); wait = Math.min(wait * 2, 100)) {
    if (Date.now() > deadline) signalGroup(pid, 'SIGKILL');
    await sleep(wait);
  }
  signalGroup(pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // No process of the group is left.
  }
}

function howItEnded(child: ChildProcess): string {
  return child.signalCode !== null
    ? `was ended by ${child.signalCode}`
    : `exited with code ${child.exitCode ?? 'unknown'}`;
}

/** The end of a server's log, for an error message. */
function logTail(logFile: string): string {
  const lines = existsSync(logFile) ? readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-12) : [];
  return `The end of ${logFile}:\n${lines.map((line) => `  ${line.slice(0, 300)}`).join('\n')}`;
}

function minimalEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'JAVA_HOME'];
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
