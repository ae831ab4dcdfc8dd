import { setTimeout as sleep } from 'node:timers/promises';

/** Retries failing work up to twice, because servers may still be busy right after the load. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let left = 2; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (left === 0) throw error;
      await sleep(2_000);
    }
  }
}
