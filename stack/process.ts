import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from './errors';
import { identityOf, isAlive } from './pid';

/** How one server process is started, recognised as ready, and stopped. */
export interface ServerSpec {
  /** Unique in a stack, for example `s3.eu-central`. */
  name: string;
  command: string;
  args: string[];
  /** Added to a minimal environment (PATH, HOME, LANG, TZ, TMPDIR): settings of the person's shell do not leak in. */
  env?: Record<string, string>;
  cwd?: string;
  /** Another user to run as; only possible for root. */
  user?: { uid: number; gid: number };
  /** Standard output and error go here; the log of the run before is kept beside it as `….old`. */
  logFile: string;
  /** Holds id and identity while the process runs, so that a later run can stop what a killed one left. */
  pidFile: string;
  /** Asked every 50 ms until it answers true; an exception counts as "not yet". */
  isReady: () => Promise<boolean>;
  /** Milliseconds. Default 60 000. */
  readyTimeout?: number;
  /** What asks the server to stop: also sent by the kernel when this process dies. Default SIGTERM. */
  stopSignal?: 'SIGTERM' | 'SIGINT' | 'SIGKILL';
  /** Milliseconds until SIGKILL. Default 10 000. */
  stopTimeout?: number;
  /** Called once when the process has been ready and ends without having been asked to. */
  onUnexpectedExit?: (how: string) => void;
  /** Ends the waiting for readiness, and then the process. */
  signal?: AbortSignal;
}

/** A server process that runs. */
export interface ServerProcess {
  readonly name: string;
  readonly pid: number;
  isRunning(): boolean;
  /** Sends a signal and, for one that ends processes, waits until the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Asks the server to stop, then kills it. Returns when it and its process group are gone. */
  stop(): Promise<void>;
}

/**
 * Starts a server in a process group of its own and returns when it is ready. A process that an earlier run left under the same
 * pid file is stopped first. On Linux with `setpriv` the server ends when this process ends, however that happens.
 * Throws with the end of the log when the server exits before it is ready, or is not ready in time; it is then gone.
 */
export async function spawnServer(spec: ServerSpec): Promise<ServerProcess> {
  await stopLeftover(spec.pidFile);
  spec.signal?.throwIfAborted();
  const child = launch(spec);
  const state = { ready: false };
  const server = supervise(spec, child, state);
  const deadline = Date.now() + (spec.readyTimeout ?? 60_000);
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

/** Stops the process a pid file names, if it still is that process, and removes the file. */
export async function stopLeftover(pidFile: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const identity = readFileSync(pidFile, 'utf8').trim();
  const pid = Number(identity.split(' ')[0]);
  if (pid > 0 && identityOf(pid) === identity) await endGroup(pid, 'SIGTERM', 5_000);
  rmSync(pidFile, { force: true });
}

/** `command args` with its life bound to ours: the kernel sends `signal` to it when this process dies. Linux with setpriv only. */
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
  // The kernel knows of the end a moment before Node tells us; who stopped a server must not find it "running".
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  child.once('error', (error) => (failure = messageOf(error)));
  const pid = child.pid;
  if (pid === undefined)
    throw new Error(
      `${spec.name} could not be started: ${spec.command}: ${failure ?? 'not executable, or not there'}.`,
    );
  child.once('exit', () => {
    // What the leader of the group has left (Java behind its script) goes too; later the group's number could be somebody else's.
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
    // Nobody of the group is left, which is what was wanted.
  }
}

function howItEnded(child: ChildProcess): string {
  return child.signalCode !== null
    ? `was ended by ${child.signalCode}`
    : `exited with code ${child.exitCode ?? 'unknown'}`;
}

/** The end of a server's log, as a sentence for an error message. */
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
