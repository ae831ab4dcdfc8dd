import { join } from 'node:path';
import { messageOf } from '../errors';
import { spawnServer, type ServerProcess, type ServerSpec } from './process';
import type { StackState } from './state';
import type { Endpoints, ServerName, StackEvent } from '../types';

/** The stack's services for the code that starts one server (`postgres/`, `s3.ts` …). */
export interface ServerContext {
  readonly server: ServerName;
  /** Folder for this server's data. */
  readonly dir: string;
  /** Whether to start without data of earlier runs. `dir` is already empty then. */
  readonly fresh: boolean;
  /** Whether the data is thrown away with the stack, so that it need not survive a power cut. */
  readonly throwaway: boolean;
  readonly state: StackState;
  /** Where the console's API is or will be, which the identity provider tells of logouts; undefined if there is none, or several. */
  readonly consoleUrl: string | undefined;
  /** Aborts when the stack stops, to end builds and downloads. */
  readonly signal: AbortSignal;
  /** The endpoints of the servers that are ready so far. */
  readonly endpoints: Endpoints;
  tell(phase: StackEvent['phase'], detail?: string, percent?: number): void;
  /** Publishes addresses that are fixed before the server is ready. */
  announce(endpoints: Partial<Endpoints>): void;
  /** Waits for another server of the stack. */
  needs(server: ServerName): Promise<void>;
  /** Starts a process under the stack's supervision. The stack chooses its log and pid file. */
  spawn(spec: ProcessSpec): Promise<ServerProcess>;
}

/** A process to start, without the fields that the stack adds. */
export type ProcessSpec = Omit<ServerSpec, 'logFile' | 'pidFile' | 'onUnexpectedExit' | 'signal'>;

/** Starts one server and returns its endpoints once it is ready. Throws `ServerUnavailable` if the server is not available here. */
export type StartServer = (context: ServerContext) => Promise<Partial<Endpoints>>;

/** The processes of a stack by name, with what is needed to restart them. */
export class ProcessTable {
  readonly #entries = new Map<string, { spec: ServerSpec; process: ServerProcess | undefined }>();

  constructor(
    readonly dir: string,
    readonly signal: AbortSignal,
    readonly onUnexpectedExit: (name: string, how: string) => void,
  ) {}

  async start(spec: ProcessSpec): Promise<ServerProcess> {
    const full: ServerSpec = {
      ...spec,
      logFile: join(this.dir, 'logs', `${spec.name}.log`),
      pidFile: join(this.dir, 'pids', `${spec.name}.pid`),
      signal: this.signal,
      onUnexpectedExit: (how) => this.onUnexpectedExit(spec.name, how),
    };
    const process = await spawnServer(full);
    this.#entries.set(spec.name, { spec: full, process });
    return process;
  }

  running(): { name: string; pid: number }[] {
    return [...this.#entries.values()].flatMap(({ process }) =>
      process?.isRunning() === true ? [{ name: process.name, pid: process.pid }] : [],
    );
  }

  async kill(name: string, signal?: NodeJS.Signals): Promise<void> {
    await this.#entry(name).process?.kill(signal);
  }

  async restart(name: string): Promise<void> {
    const entry = this.#entry(name);
    await entry.process?.stop();
    entry.process = await spawnServer(entry.spec);
  }

  /** Stops all processes, the databases last, because the others still write to them while they stop. */
  async stop(): Promise<void> {
    const isDatabase = (name: string): boolean => name.startsWith('postgres.');
    for (const isDue of [(name: string) => !isDatabase(name), isDatabase]) {
      const due = [...this.#entries].filter(([name]) => isDue(name));
      await Promise.all(due.map(async ([, { process }]) => process?.stop()));
    }
  }

  #entry(name: string): { spec: ServerSpec; process: ServerProcess | undefined } {
    const entry = this.#entries.get(name);
    if (entry) return entry;
    throw new Error(`This stack has no process ${name}. It has: ${[...this.#entries.keys()].join(', ')}.`);
  }
}

/**
 * Runs `start` with free ports. If another program takes one of them first, `start` is repeated with other ports, up to twice.
 * Ports stay the same between runs where possible.
 */
export async function withPorts<const N extends string, T>(
  state: StackState,
  names: readonly N[],
  start: (ports: Record<N, number>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const ports = {} as Record<N, number>;
    for (const name of names) ports[name] = await state.port(name, { renew: attempt > 1 });
    try {
      return await start(ports);
    } catch (error) {
      if (attempt === 3 || !/address already in use|EADDRINUSE|port .*in use/i.test(messageOf(error))) throw error;
    }
  }
}
