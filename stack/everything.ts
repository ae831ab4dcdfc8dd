import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from './errors';
import { beginProduct, type ProductEvent, type StartingProduct } from './product';
import { apiPort } from './product-environment';
import { startStack } from './stack';
import { StackState, writeJson } from './state';
import type { ServerName, Stack, StackEvent } from './types';

/** What the product cannot do without. */
export const NEEDED: readonly ServerName[] = ['postgres', 'temporal', 's3', 'keycloak', 'stripe', 'mail'];

/** What to bring up, and where it keeps its state. */
export interface EverythingOptions {
  /** Has `stack/`, `product/` and, while they run, `endpoints.json`. */
  dir: string;
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

/** What to tell somebody whose start has failed: for each server that could not be had which, why and what gets it; else the error itself. */
export function whyNot({ unavailable }: Pick<Stack, 'unavailable'>, error: unknown): string {
  const missing = unavailable.filter(({ server }) => NEEDED.includes(server));
  if (missing.length === 0) return messageOf(error);
  return missing.map(({ server, why, command }) => `${server} cannot be had: ${why} To get it: ${command}`).join('\n');
}

/** Begins to bring up the servers, the API and the worker and returns at once. Throws when `dir` is in use. */
export async function beginEverything({
  dir,
  buildKubernetes = false,
  onEvent,
}: EverythingOptions): Promise<Everything> {
  const root = resolve(dir);
  const endpointsFile = join(root, 'endpoints.json');
  const productDir = join(root, 'product');
  const state = new StackState(productDir);
  const port = await apiPort(state);
  const tell = onEvent === undefined ? {} : { onEvent };
  const stack = await startStack({
    dir: join(root, 'stack'),
    servers: [...NEEDED, 'kubernetes', 'scanner'],
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
