import { existsSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from './errors';
import { beginProduct, type ProductEvent, type StartingProduct } from './product/product';
import { apiPort } from './product/environment';
import { startStack } from './stack';
import { StackState, writeJson } from './processes/state';
import type { ServerName, Stack, StackEvent } from './types';

/** Servers that the product cannot run without. */
export const NEEDED: readonly ServerName[] = ['postgres', 'temporal', 's3', 'keycloak', 'stripe', 'mail'];

/** Help text of the option `--fresh`. */
export const FRESH = 'start from scratch: first delete the data, passwords and tokens of earlier runs';

/** The first line of output: whether the state of earlier runs is reused, and how to start from scratch. */
export function stateLine(dir: string, fresh: boolean): string {
  const where = relative('', resolve(dir)) || '.';
  if (fresh) return `Starting from scratch: the state of earlier runs in ${where} is deleted.`;
  if (!existsSync(join(dir, 'stack', 'state.json'))) return `Data, passwords, tokens and logs are kept in ${where}.`;
  return `Reusing tenants, passwords, tokens and mails of earlier runs from ${where}. Use --fresh to start from scratch.`;
}

/** Options of {@link beginEverything}. */
export interface EverythingOptions {
  /** State folder. Holds `stack/`, `product/` and, while they run, `endpoints.json`. */
  dir: string;
  /** Deletes the state of earlier runs first: data, passwords, ports and tokens. */
  fresh?: boolean;
  /** Whether Kubernetes may be built, which takes minutes. Otherwise a cached or given one is used, if there is one. */
  buildKubernetes?: boolean;
  /** Whether there is an edge, too, for tenants' own domains. */
  withEdge?: boolean;
  onEvent?: (event: StackEvent | ProductEvent) => void;
}

/** All servers and the product, starting or running. */
export interface Everything {
  readonly stack: Stack;
  readonly starting: StartingProduct;
  /**
   * File with addresses, tokens and administrators' credentials, mode 0600. It exists from the moment the API is up until everything stops.
   */
  readonly endpointsFile: string;
  /** Stops the product, then the servers. May be called at any time, and more than once. */
  stop(): Promise<void>;
  /** Kills every process immediately. */
  kill(): void;
}

/**
 * Waits until every server is ready or unavailable, so that all missing ones can be reported together – but only for a limited time, as
 * fetching or building a server may take minutes.
 */
export async function waitForOtherServers(stack: Pick<Stack, 'settled'>, milliseconds = 15_000): Promise<void> {
  const waited = new AbortController();
  const limit = sleep(milliseconds, undefined, { signal: waited.signal }).catch(() => undefined);
  await Promise.race([stack.settled(), limit]);
  waited.abort();
}

/** Explains a failed start: each required server that is unavailable, with reason and remedy; or the error itself if there is none. */
export function explainFailure({ unavailable }: Pick<Stack, 'unavailable'>, error: unknown): string {
  const missing = unavailable.filter(({ server }) => NEEDED.includes(server));
  if (missing.length === 0) return messageOf(error);
  const lines = missing.map(({ server, why, command }) => `${server} is unavailable: ${why} What to do: ${command}`);
  const packages = missing.map(({ command }) => /^apt-get install ([\w. -]+)$/.exec(command)?.[1]);
  const all = [...new Set(packages.join(' ').split(' '))].join(' ');
  if (missing.length > 1 && !packages.includes(undefined)) lines.push(`To install all of them: apt-get install ${all}`);
  return lines.join('\n');
}

/** Starts bringing up the servers, the API and the worker, and returns at once. Throws if another stack uses `dir`. */
export async function beginEverything({
  dir,
  fresh = false,
  buildKubernetes = false,
  withEdge = false,
  onEvent,
}: EverythingOptions): Promise<Everything> {
  const root = resolve(dir);
  const endpointsFile = join(root, 'endpoints.json');
  const productDir = join(root, 'product');
  const state = new StackState(productDir, { fresh });
  if (fresh) rmSync(join(productDir, 'tokens.json'), { force: true });
  const port = await apiPort(state);
  const tell = onEvent === undefined ? {} : { onEvent };
  const stack = await startStack({
    dir: join(root, 'stack'),
    servers: [...NEEDED, 'kubernetes', 'scanner', ...(withEdge ? (['edge'] as const) : [])],
    fresh,
    buildKubernetes,
    consoleUrl: `http://127.0.0.1:${port}/console`,
    ...tell,
  }).catch((error: unknown) => {
    state.release();
    throw error;
  });
  const starting = await beginProduct({
    stack,
    dir: productDir,
    state,
    port,
    withConsole: true,
    withStripeEvents: true,
    ...tell,
  });
  const write = async (): Promise<void> => {
    const tokens = await starting.apiReady;
    if (stopped === undefined) writeJson(endpointsFile, { url: starting.url, tokens, ...stack.endpoints });
  };
  for (const milestone of [starting.apiReady, starting.product, stack.settled()])
    milestone.then(write).catch(() => undefined);
  let stopped: Promise<void> | undefined;
  return {
    stack,
    starting,
    endpointsFile,
    stop: () => {
      stopped ??= (async () => {
        rmSync(endpointsFile, { force: true });
        await starting.stop();
        await stack.stop();
        state.release();
      })();
      return stopped;
    },
    kill: () => {
      for (const { pid } of [...starting.processes(), ...stack.processes()]) killGroup(pid);
    },
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has already ended.
  }
}
