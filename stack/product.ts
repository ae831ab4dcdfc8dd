import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrateRegistry } from '../registry/migrate';
import { ProcessTable } from './context';
import { apiEnvironment, apiPort, productEnvironment } from './product-environment';
import { productTokens, type Tokens } from './product-tokens';
import type { StackState } from './state';
import { REGIONS, type Endpoints, type ServerName, type Stack, type StackEvent } from './types';

/** The product's own processes. */
export type ProductProcess = 'api' | 'worker';

/** Something to tell about one of them. */
export type ProductEvent = Omit<StackEvent, 'server'> & { server: ProductProcess };

/** Everything somebody needs to use, look into or test a running product. For files with mode 0600 only. */
export type ProductEndpoints = Endpoints & {
  /** Base URL of the API. */
  url: string;
  /** API tokens by caller. */
  tokens: Tokens;
};

/** What to start, and on what. */
export interface ProductOptions {
  stack: Stack;
  /** For logs, the regions file and the tokens. A folder of its own. */
  dir: string;
  /** Remembers keys and ports; of the same folder. */
  state: StackState;
  /** The API's port, if the caller has asked `apiPort(state)` for it already. */
  port?: number;
  onEvent?: (event: ProductEvent) => void;
  /** Environment variables, over what the product would be told otherwise. */
  overrides?: Record<string, string>;
  /** Default both. */
  only?: ProductProcess[];
}

/** A product that runs on a stack. */
export interface Product {
  readonly url: string;
  readonly tokens: Tokens;
  readonly endpoints: ProductEndpoints;
  /** Resolves when the worker takes tasks of every queue. Rejects when it has not after `timeout` milliseconds (default 120 000). */
  working(timeout?: number): Promise<void>;
  processes(): { name: string; pid: number }[];
  /** Sends a signal (default SIGKILL) to one process; waits for its end unless the signal is SIGSTOP or SIGCONT. */
  kill(name: ProductProcess, signal?: NodeJS.Signals): Promise<void>;
  /** Starts one process again with the same environment; stops it first if it runs. */
  restart(name: ProductProcess): Promise<void>;
  /** Ends both, gracefully, the worker after what it has under way. The stack is not touched. */
  stop(): Promise<void>;
}

const WORKER_NEEDS: ServerName[] = ['postgres', 'temporal', 's3', 'keycloak', 'stripe', 'mail'];
const ROOT = resolve(__dirname, '..');

/** A start that can be ended at any time. */
export interface StartingProduct {
  /** The API's address; it answers once `apiReady` resolves. */
  readonly url: string;
  /** Rejects when the API cannot be started; its registry is up to date and its tokens are made then. */
  readonly apiReady: Promise<Tokens>;
  /** Both run. Rejects with `ServerUnavailable` when a server they need cannot be had. */
  readonly product: Promise<Product>;
  processes(): { name: string; pid: number }[];
  /** Ends what runs and what is being started. */
  stop(): Promise<void>;
}

/**
 * Begins to start API and worker, each as soon as the servers it needs are there, and returns at once: the API is up long before Keycloak is.
 */
export async function beginProduct(options: ProductOptions): Promise<StartingProduct> {
  const { stack, dir, state, overrides = {}, only = ['api', 'worker'] } = options;
  const port = options.port ?? (await apiPort(state));
  const url = `http://127.0.0.1:${port}`;
  const abort = new AbortController();
  const tell = (server: ProductProcess, phase: StackEvent['phase'], detail?: string): void => {
    const seconds = Math.round((performance.now() - begun) / 100) / 10;
    options.onEvent?.({ server, phase, seconds, ...(detail === undefined ? {} : { detail }) });
  };
  const begun = performance.now();
  const table = new ProcessTable(dir, abort.signal, (name, how) => tell(name as ProductProcess, 'stopped', how));
  const spawns = new Set<Promise<void>>();
  const spawn = (name: ProductProcess, script: string, env: Record<string, string>): Promise<void> => {
    const spawned = (async () => {
      abort.signal.throwIfAborted();
      tell(name, 'starting');
      await table.start({
        name,
        command: process.execPath,
        args: ['--import', require.resolve('tsx'), join(ROOT, script)],
        cwd: ROOT,
        env: { ...env, ...overrides },
        // Longer than each of them takes at most to finish what is under way.
        stopTimeout: name === 'api' ? 15_000 : 50_000,
        isReady: name === 'api' ? async () => (await fetch(`${url}/healthz`)).ok : async () => hasBegun(logOf(name)),
      });
      tell(name, 'ready', name === 'api' ? url : undefined);
    })();
    spawns.add(spawned);
    return spawned;
  };
  const logOf = (name: ProductProcess): string => {
    const file = join(dir, 'logs', `${name}.log`);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };

  const registryReady = (async (): Promise<Tokens> => {
    await stack.ready('postgres');
    abort.signal.throwIfAborted();
    const { registry } = stack.endpoints.postgres!;
    const { url, ownerUrl } = overrides.REGISTRY_URL === undefined ? registry : { url: overrides.REGISTRY_URL };
    await migrateRegistry({ url, ownerUrl }, () => {});
    return productTokens(dir, url);
  })();
  const apiReady = (async (): Promise<Tokens> => {
    await Promise.all([stack.ready('postgres'), stack.ready('temporal')]);
    // The API brings the registry up to date too; whoever comes second finds it done.
    const env = apiEnvironment(state, port, stack.endpoints);
    // The owner of the stack's registry has no say in another one.
    if (overrides.REGISTRY_URL !== undefined) delete env.REGISTRY_OWNER_URL;
    const [tokens] = await Promise.all([registryReady, only.includes('api') && spawn('api', 'api/server.ts', env)]);
    return tokens;
  })();
  const workerReady = (async (): Promise<void> => {
    if (!only.includes('worker')) return;
    // Keycloak boots longest, and the worker waits for it by itself: loading its program and bundling the workflows is done meanwhile.
    await Promise.all(
      WORKER_NEEDS.map((server) => (server === 'keycloak' ? stack.known(server) : stack.ready(server))),
    );
    // The regions file names the cluster; without one the worker serves what needs none.
    await stack.ready('kubernetes').catch(() => undefined);
    // The scanner may still be fetched: until it is there, scans are recorded as not run.
    await stack.known('scanner').catch(() => undefined);
    const told = async () =>
      (await productEnvironment(dir, state, { ...stack.announced, ...stack.endpoints }, port)).env;
    const env = await told();
    await spawn('worker', 'worker.ts', env);
    await stack.ready('keycloak');
    if (stack.endpoints.keycloak?.url === env.KEYCLOAK_URL) return;
    // Another program took the port that was announced, and Keycloak got another one.
    await table.kill('worker', 'SIGTERM');
    await spawn('worker', 'worker.ts', await told());
  })();
  const product = Promise.all([apiReady, workerReady]).then(([tokens]): Product => ({
    url,
    tokens,
    get endpoints() {
      return { url, tokens, ...stack.endpoints };
    },
    working: async (timeout = 120_000) => {
      const deadline = Date.now() + timeout;
      while (queuesPolled(logOf('worker')) < REGIONS.length + 1) {
        if (Date.now() > deadline)
          throw new Error(
            `The worker does not take tasks of every queue after ${timeout / 1000} s. Look at ${join(dir, 'logs', 'worker.log')}.`,
          );
        abort.signal.throwIfAborted();
        await sleep(50);
      }
    },
    processes: () => table.running(),
    kill: (name, signal) => table.kill(name, signal),
    restart: (name) => table.restart(name),
    stop,
  }));
  // Whoever waits gets the rejection; that nobody waits is no reason to end the process.
  for (const promise of [registryReady, apiReady, workerReady, product]) promise.catch(() => undefined);

  let stopped: Promise<void> | undefined;
  function stop(): Promise<void> {
    stopped ??= (async () => {
      abort.abort(new Error('The product is being stopped.'));
      // What still waits for a server has begun nothing, and ends with the stack.
      await Promise.allSettled([...spawns]);
      await table.stop();
    })();
    return stopped;
  }
  return { url, apiReady, product, processes: () => table.running(), stop };
}

/** {@link beginProduct}, and waits until both run. What was begun is ended when that fails. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const starting = await beginProduct(options);
  try {
    return await starting.product;
  } catch (error) {
    await starting.stop();
    throw error;
  }
}

/** Whether the worker has read its configuration and asked for its servers. What it logs before are warnings of its libraries. */
function hasBegun(log: string): boolean {
  return /"msg":"(?:not ready yet|polling)"/.test(log);
}

/** How many task queues this log says are polled. */
function queuesPolled(log: string): number {
  return new Set([...log.matchAll(/"taskQueue":"([^"]+)","msg":"polling"/g)].map(([, queue]) => queue)).size;
}
