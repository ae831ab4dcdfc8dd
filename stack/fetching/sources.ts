import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, ServerUnavailable } from '../errors';
import type { ServerContext } from '../processes/context';

/** Options common to all ways of fetching. */
export interface FetchOptions {
  /** An existing folder for the result. */
  into: string;
  /** Called with a short text on progress. */
  onProgress?: (detail: string) => void;
  /** Cancels the fetch. */
  signal?: AbortSignal | undefined;
}

/** One way to get something: its official release, a package registry, or a build from source. */
export interface Source {
  name: string;
  fetch(options: FetchOptions): Promise<void>;
}

/**
 * Fills the folder `into` from the first source that works. Every source is tried once, and whatever a failed one left is removed before
 * the next one begins. Each failure is reported as a warning, so that a refused file does not go unnoticed. Throws `ServerUnavailable` with
 * the reasons of all sources if none works; `command` is its remedy unless a source named a better one.
 */
export async function fetchFromFirst(
  what: string,
  sources: readonly Source[],
  command: string,
  { into, context: { signal, tell } }: { into: string; context: Pick<ServerContext, 'signal' | 'tell'> },
): Promise<void> {
  const reasons: string[] = [];
  let remedy = command;
  for (const source of sources) {
    signal.throwIfAborted();
    tell('fetching', `${what} from ${source.name}`);
    try {
      return await source.fetch({ into, signal, onProgress: (detail) => tell('fetching', detail) });
    } catch (error) {
      signal.throwIfAborted();
      await empty(into);
      const reason = reasonOf(error);
      reasons.push(`${source.name}: ${reason}`);
      if (error instanceof ServerUnavailable) remedy = error.command;
      tell('warning', `${what} not from ${source.name}: ${reason}`);
    }
  }
  throw new ServerUnavailable(`${what} could not be fetched. ${reasons.join(' ')}`, remedy);
}

async function empty(dir: string): Promise<void> {
  for (const name of await readdir(dir)) await rm(join(dir, name), { recursive: true, force: true });
}

// The message of a failed tool ends with the tool's own last lines, of which the last one says most.
function reasonOf(error: unknown): string {
  if (error instanceof ServerUnavailable) return error.why;
  const lines = messageOf(error).trim().split('\n');
  return lines[lines.length - 1] ?? '';
}
