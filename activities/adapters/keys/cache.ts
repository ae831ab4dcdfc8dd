import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** How long an opened key is kept, and how many of them. */
export interface CacheBounds {
  /** Milliseconds. */
  keepMs: number;
  entries: number;
}

/** Opened keys by the bytes they were opened from. */
export interface KeyCache {
  /** The key, opened by `open` unless it was a short while ago. What `open` does not find is not kept. */
  obtain(wrapped: Buffer, open: () => Promise<Buffer | undefined>): Promise<Buffer | undefined>;
}

/**
 * Spares the provider a call for every read. It does not keep alive what was destroyed: whoever looks here has just read the wrapped key
 * in the registry, and a key that was rotated or destroyed is not found there.
 */
export function createKeyCache({ keepMs, entries }: CacheBounds, now: () => number = Date.now): KeyCache {
  // Every look asks the clock: a key is never kept longer than was said.
  const kept = new LRUCache<string, Buffer>({ max: entries, ttl: keepMs, ttlResolution: 0, perf: { now } });
  return {
    async obtain(wrapped, open) {
      const name = createHash('sha256').update(wrapped).digest('base64');
      const found = kept.get(name);
      if (found) return found;
      const key = await open();
      // Without a key it forgets the name.
      kept.set(name, key);
      return key;
    },
  };
}
