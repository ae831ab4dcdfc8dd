import { EventEmitter, once } from 'node:events';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ProcessTable, type ServerContext, type StartServer } from './processes/context';
import { messageOf, ServerUnavailable } from './errors';
import { givenEndpoints } from './servers/given-endpoints';
import { startEdge } from './servers/edge';
import { startKeycloak } from './servers/keycloak';
import { startKubernetes } from './servers/kubernetes';
import { startMail } from './servers/mail';
import { startPostgres } from './servers/postgres';
import { startS3 } from './servers/s3';
import { findScanner } from './servers/scanner';
import { StackState } from './processes/state';
import { startStripe } from './servers/stripe';
import { startTemporal } from './servers/temporal';
import type { Endpoints, ServerName, Stack, StackEvent, UnavailableServer } from './types';

/** Options of {@link startStack}. */
export interface StackOptions {
  /** Folder for data, logs, ports and passwords, which the next start reuses. Only one stack can use it at a time. */
  dir: string;
  servers: ServerName[];
  /** Whether Kubernetes may be built, which takes minutes. Otherwise only a cached or given one is used. */
  buildKubernetes?: boolean;
  /** First deletes what earlier runs left in `dir`. */
  fresh?: boolean;
  /** The data is thrown away with the stack, so databases need not flush it to the disk: it survives a killed server, but not a power cut. */
  throwaway?: boolean;
  /** Where the console's API is or will be, which the identity provider tells of logouts. */
  consoleUrl?: string;
  onEvent?: (event: StackEvent) => void;
}

function startersFor({ buildKubernetes = false }: StackOptions): Record<ServerName, StartServer> {
  return {
    postgres: startPostgres,
    temporal: startTemporal,
    s3: startS3,
    keycloak: startKeycloak,
    stripe: startStripe,
    mail: startMail,
    kubernetes: startKubernetes({ build: buildKubernetes }),
    scanner: findScanner,
    edge: startEdge,
  };
}

/**
 * Starts bringing up servers side by side and returns at once: wait with `ready(server)` or `settled()`. A server that is not available
 * here is reported as unavailable, and the others continue. Throws if another stack uses the folder.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  return new RunningStack(options);
}

class RunningStack implements Stack {
  readonly endpoints: Endpoints = {};
  readonly announced: Endpoints = {};
  readonly unavailable: UnavailableServer[] = [];
  readonly #options: StackOptions;
  readonly #state: StackState;
  readonly #table: ProcessTable;
  readonly #given = givenEndpoints();
  readonly #abort = new AbortController();
  readonly #starts = new Map<ServerName, Promise<void>>();
  readonly #announcements = new EventEmitter();
  #stopped: Promise<void> | undefined;

  constructor(options: StackOptions) {
    const dir = resolve(options.dir);
    this.#options = options;
    this.#state = new StackState(dir, { fresh: options.fresh ?? false });
    this.#table = new ProcessTable(dir, this.#abort.signal, (name, how) => {
      this.#tell({ server: name.split('.')[0] as ServerName, phase: 'stopped', detail: `${name} ${how}` });
    });
    for (const server of new Set(options.servers)) {
      const start = this.#start(server);
      // Callers of `ready` get the rejection. Without any, it must not end the process as unhandled.
      start.catch(() => undefined);
      this.#starts.set(server, start);
    }
  }

  ready(server: ServerName): Promise<void> {
    const start = this.#starts.get(server);
    if (start) return start;
    const command = `request it: servers: [${[...this.#starts.keys(), server].join(', ')}]`;
    return Promise.reject(new ServerUnavailable(`${server} is not part of this stack.`, command));
  }

  async known(server: ServerName): Promise<void> {
    if (this.announced[server] !== undefined) return;
    const waiting = new AbortController();
    const announced = once(this.#announcements, server, { signal: waiting.signal });
    announced.catch(() => undefined);
    await Promise.race([this.ready(server), announced]).finally(() => waiting.abort());
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#starts.values());
  }

  processes(): { name: string; pid: number }[] {
    return this.#table.running();
  }

  kill(name: string, signal?: NodeJS.Signals): Promise<void> {
    return this.#table.kill(name, signal);
  }

  restart(name: string): Promise<void> {
    return this.#table.restart(name);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stopNow();
    return this.#stopped;
  }

  async #stopNow(): Promise<void> {
    this.#abort.abort(new Error('The stack is being stopped.'));
    await this.settled();
    const ran = new Set(this.#table.running().map(({ name }) => name.split('.')[0] as ServerName));
    await this.#table.stop();
    this.#state.release();
    for (const server of ran) this.#tell({ server, phase: 'stopped' });
  }

  async #start(server: ServerName): Promise<void> {
    const begun = performance.now();
    let last: Parameters<ServerContext['tell']> | undefined;
    const tell: ServerContext['tell'] = (phase, detail, percent) => {
      last = ['fetching', 'building', 'starting'].includes(phase) ? [phase, detail, percent] : undefined;
      const seconds = Math.round((performance.now() - begun) / 100) / 10;
      this.#tell({ server, phase, seconds, ...(detail && { detail }), ...(percent !== undefined && { percent }) });
    };
    // A compilation or start may report nothing for a minute; the growing seconds show that it is alive.
    const heartbeat = setInterval(() => last && tell(...last), 5_000);
    // Lets the constructor register all starts first, so that servers can wait for one another.
    await Promise.resolve();
    try {
      const dir = join(this.#state.dir, server);
      if (this.#options.fresh) rmSync(dir, { recursive: true, force: true });
      Object.assign(this.endpoints, await this.#endpointsOf(server, this.#contextOf(server, dir, tell)));
      tell('ready');
    } catch (error) {
      if (this.#abort.signal.aborted) throw error;
      const [why, command] =
        error instanceof ServerUnavailable
          ? [error.why, error.command]
          : [messageOf(error), `check the logs in ${join(this.#state.dir, 'logs')}, then start the stack again`];
      this.unavailable.push({ server, why, command });
      tell('unavailable', `${why} What to do: ${command}`);
      throw error instanceof ServerUnavailable ? error : new ServerUnavailable(why, command, { cause: error });
    } finally {
      clearInterval(heartbeat);
    }
  }

  #endpointsOf(server: ServerName, context: ServerContext): Promise<Partial<Endpoints>> {
    const given = this.#given[server];
    if (given === undefined) return startersFor(this.#options)[server](context);
    context.tell('found', 'already running, according to STACK_ENDPOINTS');
    return Promise.resolve({ [server]: given });
  }

  #contextOf(server: ServerName, dir: string, tell: ServerContext['tell']): ServerContext {
    return {
      server,
      dir,
      fresh: this.#options.fresh ?? false,
      throwaway: this.#options.throwaway ?? false,
      state: this.#state,
      consoleUrl: this.#options.consoleUrl,
      signal: this.#abort.signal,
      endpoints: this.endpoints,
      tell,
      announce: (endpoints) => {
        Object.assign(this.announced, endpoints);
        this.#announcements.emit(server);
      },
      needs: (other) => this.ready(other),
      spawn: (spec) => this.#table.start(spec),
    };
  }

  #tell(event: StackEvent): void {
    this.#options.onEvent?.(event);
  }
}
