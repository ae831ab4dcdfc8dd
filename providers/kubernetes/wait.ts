import { failure } from '../port/failures';
import type { Waiting } from '../port/wait-for';

/** Limit and progress callback of waits for a namespace. */
export interface NamespaceWaits {
  /** Milliseconds to wait for a namespace to disappear, for a quota to take effect or for pods to end; below an activity's 60 s. */
  waitMs: number;
  onProgress: ((what: string) => void) | undefined;
}

/** Settings of a wait for something about a namespace. */
export function waiting(
  { name, signal }: { name: string; signal: AbortSignal },
  { waitMs, onProgress }: NamespaceWaits,
  what: string,
  everyMs: number,
): Waiting {
  return { signal, everyMs, timeoutMs: waitMs, onPoll: onProgress, what: `namespace ${name}: ${what}` };
}

/** The failure of a namespace that is not as it must be, but may still become so. */
export function gaveUp(name: string, why: string): Error {
  return failure('ProviderUnavailable', `Namespace ${name}: ${why}`);
}
