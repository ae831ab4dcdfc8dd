import { createHash } from 'node:crypto';

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
  const kept = new Map<string, { key: Buffer; until: number }>();
  return {
    async obtain(wrapped, open) {
      const name = nameOf(wrapped);
      const found = kept.get(name);
      if (found && found.until > now()) return found.key;
      const key = await open();
      kept.delete(name);
      if (!key) return undefined;
      // A map keeps its order of insertion: the first is the oldest.
      if (kept.size >= entries) kept.delete(kept.keys().next().value!);
      kept.set(name, { key, until: now() + keepMs });
      return key;
    },
  };
}

function nameOf(wrapped: Buffer): string {
  return createHash('sha256').update(wrapped).digest('base64');
}
