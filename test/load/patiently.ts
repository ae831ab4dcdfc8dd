import { setTimeout as sleep } from 'node:timers/promises';

/** Does it again, twice at most, when it fails: servers that were under load until a moment ago may still be busy. */
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
