import { setTimeout as pause } from 'node:timers/promises';

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
