import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Limits of a key cache. */
export interface CacheBounds {
  /** Milliseconds for which a key is kept. */
  keepMs: number;
  entries: number;
}

/** A cache of unwrapped keys, looked up by their wrapped bytes. */
export interface KeyCache {
  /** Returns the key from the cache, or from `open`. A key that `open` does not find is not cached. */
  obtain(wrapped: Buffer, open: () => Promise<Buffer | undefined>): Promise<Buffer | undefined>;
}

/**
 * Creates a cache that saves a call to the provider for most reads. It does not keep destroyed keys usable: callers have just read the
 * wrapped key from the registry, which no longer has keys that were rotated or destroyed.
 */
export function createKeyCache({ keepMs, entries }: CacheBounds, now: () => number = Date.now): KeyCache {
  // Resolution 0: every lookup reads the clock, so no key is returned after `keepMs`.
  const kept = new LRUCache<string, Buffer>({ max: entries, ttl: keepMs, ttlResolution: 0, perf: { now } });
  return {
    async obtain(wrapped, open) {
      const name = createHash('sha256').update(wrapped).digest('base64');
      const found = kept.get(name);
      if (found) return found;
      const key = await open();
      // Setting undefined removes the entry.
      kept.set(name, key);
      return key;
    },
  };
}
