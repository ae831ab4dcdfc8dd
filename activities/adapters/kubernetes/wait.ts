import { setTimeout as pause } from 'node:timers/promises';

/** How a condition is waited for. */
export interface Waiting {
  signal: AbortSignal;
  /** Milliseconds between two questions. */
  everyMs: number;
  /** Milliseconds until it is given up; below the 60 s an activity has. */
  timeoutMs: number;
  /** Called before every question, for instance to send a heartbeat. */
  onPoll?: ((what: string) => void) | undefined;
  /** What is waited for, in words. */
  what: string;
}

/** Asks until there is an answer, or until it is given up: then undefined. Throws what `ask` throws, and when `signal` aborts. */
export async function waitFor<T>(ask: () => Promise<T | undefined>, waiting: Waiting): Promise<T | undefined> {
  const deadline = Date.now() + waiting.timeoutMs;
  for (;;) {
    waiting.onPoll?.(waiting.what);
    const answer = await ask();
    if (answer !== undefined || Date.now() >= deadline) return answer;
    await pause(waiting.everyMs, undefined, { signal: waiting.signal });
  }
}
