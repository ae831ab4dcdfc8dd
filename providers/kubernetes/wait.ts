import { setTimeout as pause } from 'node:timers/promises';
import { failure } from '../port/failures';

/** Settings of {@link waitFor}. */
export interface Waiting {
  signal: AbortSignal;
  /** Milliseconds between two polls. */
  everyMs: number;
  /** Milliseconds after which waiting ends; below an activity's 60 s. */
  timeoutMs: number;
  /** Called before every poll, for example to send a heartbeat. */
  onPoll?: ((what: string) => void) | undefined;
  /** Description of the awaited condition, for `onPoll`. */
  what: string;
}

/** Polls `ask` until it returns a value; returns undefined after `timeoutMs`. Throws errors of `ask`, and when `signal` aborts. */
export async function waitFor<T>(ask: () => Promise<T | undefined>, waiting: Waiting): Promise<T | undefined> {
  const deadline = Date.now() + waiting.timeoutMs;
  for (;;) {
    waiting.onPoll?.(waiting.what);
    const answer = await ask();
    if (answer !== undefined || Date.now() >= deadline) return answer;
    await pause(waiting.everyMs, undefined, { signal: waiting.signal });
  }
}

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
