import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrateRegistry } from '../../registry/migrate';
import { messageOf } from '../errors';
import { ProcessTable } from '../processes/context';
import { builtConsole, builtProduct, consoleFolder, workflowBundleFile } from './build';
import { apiEnvironment, apiPort, productEnvironment } from './environment';
import { sendAlerts, sendStripeEvents } from './deliveries';
import { productTokens, type Tokens } from './tokens';
import type { StaffRealm } from '../staff';
import type { StackState } from '../processes/state';
import { REGIONS, type Endpoints, type ServerName, type Stack, type StackEvent } from '../types';

/** A process of the product. */
export type ProductProcess = 'api' | 'worker';

/** Progress of a product process, or of the console's build. */
export type ProductEvent = Omit<StackEvent, 'server'> & { server: ProductProcess | 'console' };

/** Everything needed to use, inspect or test a running product. May only be written to files with mode 0600. */
export type ProductEndpoints = Endpoints & {
  /** Base URL of the API. */
  url: string;
  /** Where the worker serves its metrics. */
  workerMetrics: string;
  /** API tokens by caller. */
  tokens: Tokens;
};

/** Options of {@link beginProduct}. */
export interface ProductOptions {
  stack: Stack;
  /** Folder for logs, the regions file and the tokens, used for nothing else. */
  dir: string;
  /** Keeps keys and ports, in the same folder. */
  state: StackState;
  /** The API's port, if the caller has already got it from `apiPort(state)`. */
  port?: number;
  onEvent?: (event: ProductEvent) => void;
  /** Environment variables that override the default ones. */
  overrides?: Record<string, string>;
  /** Processes to start. Default: both. */
  only?: ProductProcess[];
  /** Whether the web console is built while the servers start. The API does not wait for it. */
  withConsole?: boolean;
  /** Whether the local Stripe sends its events to the API. */
  withStripeEvents?: boolean;
}

/** A product running on a stack. */
export interface Product {
  readonly url: string;
  readonly tokens: Tokens;
  /** How people sign in to the console; undefined if they cannot. */
  readonly staff: StaffRealm['people'] | undefined;
  readonly endpoints: ProductEndpoints;
  /** Resolves once the worker polls every task queue. Rejects if it does not within `timeout` milliseconds (default 120 000). */
  working(timeout?: number): Promise<void>;
  processes(): { name: string; pid: number }[];
  /** Sends a signal (default SIGKILL) to one process; waits for its end unless the signal is SIGSTOP or SIGCONT. */
  kill(name: ProductProcess, signal?: NodeJS.Signals): Promise<void>;
  /** Restarts one process with the same environment, or starts it if it does not run. */
  restart(name: ProductProcess): Promise<void>;
  /** Stops both processes gracefully: the worker finishes its current work first. The stack keeps running. */
  stop(): Promise<void>;
}

const WORKER_NEEDS: ServerName[] = ['postgres', 'temporal', 's3', 'keycloak', 'stripe', 'mail'];
const ROOT = resolve(__dirname, '../..');

/** A product that is starting, and can be stopped at any time. */
export interface StartingProduct {
  /** The API's base URL; it answers once `apiReady` resolves. */
  readonly url: string;
  /** Where the worker serves its metrics once it runs. */
  readonly workerMetrics: string;
  /** Resolves with the API tokens once the API answers and its registry is migrated. Rejects if the API cannot be started. */
  readonly apiReady: Promise<Tokens>;
  /** Resolves once both processes run. Rejects with `ServerUnavailable` if a server that they need is unavailable. */
  readonly product: Promise<Product>;
  processes(): { name: string; pid: number }[];
  /** Stops what runs and what is being started. */
  stop(): Promise<void>;
}

/**
 * Starts API and worker, each as soon as the servers that it needs are ready, and returns at once. The API is up long before Keycloak is.
 */
export async function beginProduct(options: ProductOptions): Promise<StartingProduct> {
  const { stack, dir, state, overrides = {}, only = ['api', 'worker'] } = options;
  const port = options.port ?? (await apiPort(state));
  const url = `http://127.0.0.1:${port}`;
  const metricsPort = overrides.WORKER_METRICS_PORT ?? String(await state.port('worker-metrics'));
  const workerMetrics = `http://127.0.0.1:${metricsPort}/metrics`;
  const abort = new AbortController();
  const tell = (server: ProductEvent['server'], phase: StackEvent['phase'], detail?: string): void => {
    const seconds = Math.round((performance.now() - begun) / 100) / 10;
    options.onEvent?.({ server, phase, seconds, ...(detail === undefined ? {} : { detail }) });
  };
  const begun = performance.now();
  const table = new ProcessTable(dir, abort.signal, (name, how) => tell(name as ProductProcess, 'stopped', how));
  // Both are built while the servers start.
  const program = builtProduct();
  const bundle = only.includes('worker') && overrides.WORKFLOW_BUNDLE === undefined ? workflowBundleFile() : undefined;
  // Without it the API runs all the same, and its page says what to do.
  if (options.withConsole) {
    tell('console', 'building');
    builtConsole().then(
      () => tell('console', 'ready'),
      (error: unknown) => tell('console', 'warning', `it cannot be built: ${messageOf(error)}`),
    );
  }
  const spawns = new Set<Promise<void>>();
  const spawn = (name: ProductProcess, script: string, env: Record<string, string>): Promise<void> => {
    const spawned = (async () => {
      const folder = await program;
      abort.signal.throwIfAborted();
      tell(name, 'starting');
      await table.start({
        name,
        command: process.execPath,
        args: [join(folder, script)],
        cwd: ROOT,
        env: { CONSOLE_DIR: consoleFolder(), ...env, ...overrides },
        // On a busy machine, loading the programs alone can take a minute.
        readyTimeout: 150_000,
        // More than the longest time that each may take to finish its current work.
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
    // People sign in at Keycloak, of which the address is enough here. Without it the API works for machines.
    await stack.known('keycloak').catch(() => undefined);
    await stack.ready('edge').catch(() => undefined);
    // The API migrates the registry as well; whichever comes second finds nothing to do.
    const env = environmentOfApi();
    const [tokens] = await Promise.all([registryReady, only.includes('api') && spawn('api', 'api/server.js', env)]);
    if (only.includes('api')) void keepSignIn(env.STAFF_OIDC_ISSUER).catch(() => undefined);
    return tokens;
  })();
  function environmentOfApi(): Record<string, string> {
    const env = apiEnvironment(state, port, { ...stack.announced, ...stack.endpoints });
    // The owner of the stack's own registry has no rights on another one.
    if (overrides.REGISTRY_URL !== undefined) delete env.REGISTRY_OWNER_URL;
    return env;
  }
  /** Restarts the API if another program took Keycloak's announced port, so that people sign in at the new one. */
  async function keepSignIn(issuer: string | undefined): Promise<void> {
    await stack.ready('keycloak');
    const env = environmentOfApi();
    if (env.STAFF_OIDC_ISSUER === issuer) return;
    await table.kill('api', 'SIGTERM');
    await spawn('api', 'api/server.js', env);
  }
  const told = (what: string, delivery: Promise<void>): void =>
    void delivery.catch((error: unknown) => tell('api', 'warning', `${what} do not arrive: ${messageOf(error)}`));
  if (only.includes('api')) told('tenants’ alerts', sendAlerts(stack, apiReady, url));
  if (options.withStripeEvents)
    told(
      'Stripe’s events',
      sendStripeEvents(stack, apiReady, { api: url, secret: () => environmentOfApi().STRIPE_WEBHOOK_SECRET! }),
    );
  const workerReady = (async (): Promise<void> => {
    if (!only.includes('worker')) return;
    // Keycloak boots longest. Its address is enough, as the worker waits for it on its own and loads and bundles its workflows meanwhile.
    await Promise.all(
      WORKER_NEEDS.map((server) => (server === 'keycloak' ? stack.known(server) : stack.ready(server))),
    );
    // The regions file must name the cluster and the monitoring, so wait for them. Without one, the worker serves the plans that need none.
    await stack.ready('kubernetes').catch(() => undefined);
    await stack.ready('monitoring').catch(() => undefined);
    // Only the scanner's path is needed. Until the scanner has been fetched, scans are recorded as not run.
    await stack.known('scanner').catch(() => undefined);
    // The worker must be told of the edge, too, where one was asked for.
    await stack.ready('edge').catch(() => undefined);
    const currentEnvironment = async (): Promise<Record<string, string>> => ({
      ...(await productEnvironment(dir, state, { ...stack.announced, ...stack.endpoints }, port)).env,
      ...(bundle ? { WORKFLOW_BUNDLE: await bundle } : {}),
      WORKER_METRICS_PORT: metricsPort,
    });
    const env = await currentEnvironment();
    await spawn('worker', 'worker.js', env);
    await stack.ready('keycloak');
    if (stack.endpoints.keycloak?.url === env.KEYCLOAK_URL) return;
    // Another program took the announced port, so Keycloak now listens on a different one.
    await table.kill('worker', 'SIGTERM');
    await spawn('worker', 'worker.js', await currentEnvironment());
  })();
  const product = Promise.all([apiReady, workerReady]).then(([tokens]): Product => ({
    url,
    tokens,
    get staff() {
      return (stack.endpoints.keycloak ?? stack.announced.keycloak)?.staff?.people;
    },
    get endpoints() {
      return { url, tokens, workerMetrics, ...stack.endpoints };
    },
    working: async (timeout = 120_000) => {
      const deadline = Date.now() + timeout;
      // Beside the regions': the global queue and that of the webhooks.
      const regions = overrides.WORKER_REGIONS?.split(',').length ?? REGIONS.length;
      while (queuesPolled(logOf('worker')) < regions + 2) {
        if (Date.now() > deadline)
          throw new Error(
            `The worker does not poll every task queue after ${timeout / 1000} s. See ${join(dir, 'logs', 'worker.log')}.`,
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
  // Callers that wait get the rejection. Without any, it must not end the process as unhandled.
  for (const promise of [program, bundle, registryReady, apiReady, workerReady, product])
    promise?.catch(() => undefined);

  let stopped: Promise<void> | undefined;
  function stop(): Promise<void> {
    stopped ??= (async () => {
      abort.abort(new Error('The product is being stopped.'));
      // Starts that still wait for a server have begun nothing, and end with the stack.
      await Promise.allSettled([...spawns]);
      await table.stop();
    })();
    return stopped;
  }
  return { url, workerMetrics, apiReady, product, processes: () => table.running(), stop };
}

/** Starts API and worker, and waits until both run. If that fails, stops what was started. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const starting = await beginProduct(options);
  try {
    return await starting.product;
  } catch (error) {
    await starting.stop();
    throw error;
  }
}

/** Whether the worker has read its configuration and contacted its servers. Earlier log lines are only warnings of libraries. */
function hasBegun(log: string): boolean {
  return /"msg":"(?:not ready yet|polling)"/.test(log);
}

/** Number of task queues that the worker polls, according to its log. */
function queuesPolled(log: string): number {
  return new Set([...log.matchAll(/"taskQueue":"([^"]+)","msg":"polling"/g)].map(([, queue]) => queue)).size;
}
