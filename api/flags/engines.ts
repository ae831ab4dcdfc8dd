import type { MemoryStorage } from '@openfeature/flagd-core';
import { LRUCache } from 'lru-cache';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import type { Queryable } from '../../registry/database';
import { readEffectiveFlags, readFlagRevision } from '../../registry/flags/flags';
import { flagEngine } from '../../templates/flags';

/** Tenants whose flags a process holds decrypted; the least recently evaluated one goes first. */
const MOST_TENANTS = 500;

interface Held {
  revision: string;
  engine: Promise<MemoryStorage>;
}

/** The engines that evaluate tenants' flags, one for each tenant. */
export interface FlagEngines {
  /**
   * The engine with the tenant's flags as the registry has them at the moment of the call: a change that was answered before is in it.
   * Throws `TenantKeyDestroyed` and `KeysUnavailable`.
   */
  of(tenantId: string): Promise<MemoryStorage>;
}

/** Keeps engines in memory for as long as the tenant's revision in the registry stays the same. */
export function createFlagEngines(db: Queryable, keys: KeyWrapper): FlagEngines {
  const held = new LRUCache<string, Held>({ max: MOST_TENANTS });
  return {
    async of(tenantId) {
      // Asked before the flags are read: an engine may be newer than its revision, and is then read once more, but never older.
      const revision = await readFlagRevision(db, tenantId);
      const known = held.get(tenantId);
      if (known?.revision === revision) return known.engine;
      const engine = readEffectiveFlags(db, keys, tenantId).then(flagEngine);
      held.set(tenantId, { revision, engine });
      try {
        return await engine;
      } catch (error) {
        if (held.peek(tenantId)?.engine === engine) held.delete(tenantId);
        throw error;
      }
    },
  };
}
