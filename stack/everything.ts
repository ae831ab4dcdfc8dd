import { existsSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from './errors';
import { beginProduct, type ProductEvent, type StartingProduct } from './product';
import { apiPort } from './product-environment';
import { startStack } from './stack';
import { StackState, writeJson } from './state';
import type { ServerName, Stack, StackEvent } from './types';

/** What the product cannot do without. */
export const NEEDED: readonly ServerName[] = ['postgres', 'temporal', 's3', 'keycloak', 'stripe', 'mail'];

/** What the option `--fresh` does. */
export const FRESH = 'begin with nothing: delete the data, passwords and tokens of earlier runs first';

/** Says at the start what of earlier runs is there, and how to be without it. */
export function stateLine(dir: string, fresh: boolean): string {
  const where = relative('', resolve(dir)) || '.';
  if (fresh) return `Begins with nothing: what earlier runs left in ${where} is deleted.`;
  if (!existsSync(join(dir, 'stack', 'state.json'))) return `Data, passwords, tokens and logs go to ${where}.`;
  return `Tenants, passwords, tokens and mails of earlier runs are in ${where} and are used again; --fresh begins with nothing.`;
}

/** What to bring up, and where it keeps its state. */
export interface EverythingOptions {
  /** Has `stack/`, `product/` and, while they run, `endpoints.json`. */
  dir: string;
  /** Deletes what earlier runs left: data, passwords, ports and tokens. */
  fresh?: boolean;
  /** Whether Kubernetes may be built (minutes). Without it a cached or given one is used, if there is one. */
  buildKubernetes?: boolean;
  onEvent?: (event: StackEvent | ProductEvent) => void;
}

/** All servers and the product, coming up or running. */
export interface Everything {
  readonly stack: Stack;
  readonly starting: StartingProduct;
  /** Addresses, tokens and administrators' credentials, mode 0600; there from the moment the API is up until the end. */
  readonly endpointsFile: string;
  /** Ends the product, then the servers. May be called at any time, and more than once. */
  stop(): Promise<void>;
  /** Ends every process at once. */
  kill(): void;
}

/**
 * Waits until every server has either found what it needs or said that it cannot, so that all that is missing is told in one go. Not for
 * longer: one that found everything may be fetched for minutes.
 */
export async function lookFurther(stack: Pick<Stack, 'settled'>, milliseconds = 15_000): Promise<void> {
  const waited = new AbortController();
  const limit = sleep(milliseconds, undefined, { signal: waited.signal }).catch(() => undefined);
  await Promise.race([stack.settled(), limit]);
  waited.abort();
}

/** What to tell somebody whose start has failed: for each server that could not be had which, why and what gets it; else the error itself. */
export function whyNot({ unavailable }: Pick<Stack, 'unavailable'>, error: unknown): string {
  const missing = unavailable.filter(({ server }) => NEEDED.includes(server));
  if (missing.length === 0) return messageOf(error);
  const lines = missing.map(({ server, why, command }) => `${server} cannot be had: ${why} To get it: ${command}`);
  const packages = missing.map(({ command }) => /^apt-get install ([\w. -]+)$/.exec(command)?.[1]);
  const all = [...new Set(packages.join(' ').split(' '))].join(' ');
  if (missing.length > 1 && !packages.includes(undefined)) lines.push(`All at once: apt-get install ${all}`);
  return lines.join('\n');
}

/** Begins to bring up the servers, the API and the worker and returns at once. Throws when `dir` is in use. */
export async function beginEverything({
  dir,
  fresh = false,
  buildKubernetes = false,
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
    servers: [...NEEDED, 'kubernetes', 'scanner'],
    fresh,
    buildKubernetes,
    ...tell,
  }).catch((error: unknown) => {
    state.release();
    throw error;
  });
  const starting = await beginProduct({ stack, dir: productDir, state, port, ...tell });
  const write = async (): Promise<void> => {
    const tokens = await starting.apiReady;
    if (stopped === undefined) writeJson(endpointsFile, { url: starting.url, tokens, ...stack.endpoints });
  };
  for (const moment of [starting.apiReady, starting.product, stack.settled()])
    moment.then(write).catch(() => undefined);
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
    // It has ended by itself, which is what was wanted.
  }
}
