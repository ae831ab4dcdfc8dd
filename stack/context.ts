import { join } from 'node:path';
import { messageOf } from './errors';
import { spawnServer, type ServerProcess, type ServerSpec } from './process';
import type { StackState } from './state';
import type { Endpoints, ServerName, StackEvent } from './types';

/** What a server's own file (`postgres/`, `s3.ts` …) has to work with. */
export interface ServerContext {
  readonly server: ServerName;
  /** The folder for this server's data. */
  readonly dir: string;
  /** Whether data of earlier runs is unwanted; what is in `dir` is deleted already. */
  readonly fresh: boolean;
  readonly state: StackState;
  /** Aborted when the stack stops: ends builds and downloads. */
  readonly signal: AbortSignal;
  /** The endpoints of the servers that are ready so far. */
  readonly endpoints: Endpoints;
  tell(phase: StackEvent['phase'], detail?: string, percent?: number): void;
  /** Makes addresses known that are decided, before the server is ready. */
  announce(endpoints: Partial<Endpoints>): void;
  /** Waits for another server of the stack. */
  needs(server: ServerName): Promise<void>;
  /** Starts a process under the stack's supervision; its log and pid file are the stack's business. */
  spawn(spec: ProcessSpec): Promise<ServerProcess>;
}

/** A process of the stack, before the stack has added where its log and pid file are. */
export type ProcessSpec = Omit<ServerSpec, 'logFile' | 'pidFile' | 'onUnexpectedExit' | 'signal'>;

/** Starts one server: returns its part of the endpoints when it is ready; throws `ServerUnavailable` when it cannot be had. */
export type StartServer = (context: ServerContext) => Promise<Partial<Endpoints>>;

/** Every process of a stack, by name, with what is needed to start it again. */
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

  /** Ends all processes; databases last, because the others write into them while they go. */
  async stop(): Promise<void> {
    const isDatabase = (name: string): boolean => name.startsWith('postgres.');
    for (const turn of [(name: string) => !isDatabase(name), isDatabase]) {
      const due = [...this.#entries].filter(([name]) => turn(name));
      await Promise.all(due.map(async ([, { process }]) => process?.stop()));
    }
  }

  #entry(name: string): { spec: ServerSpec; process: ServerProcess | undefined } {
    const entry = this.#entries.get(name);
    if (entry) return entry;
    throw new Error(`There is no process ${name} in this stack; there are: ${[...this.#entries.keys()].join(', ')}.`);
  }
}

/**
 * Runs `start` with free ports and, when another program took one of them in the meantime, once or twice more with others.
 * Ports keep their numbers between runs where they can.
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
