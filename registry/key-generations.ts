import type pg from 'pg';
import type { KeyProvider } from '../contract/key-wrapping';
import { revokeAllApiKeys } from './api-keys';
import { appendAudit } from './audit';
import { transaction, type Queryable } from './database';
import { destroyTenantKey } from './tenant-keys';

/** One generation of a tenant's data key, as everybody may know it. */
export interface KeyGeneration {
  generation: number;
  provider: KeyProvider;
  keyId: string;
  /** Null for the control plane's own ring. */
  region: string | null;
  createdAt: Date;
  destroyedAt: Date | null;
}

/** Every generation of a tenant's data key, newest first. Never a key. */
export async function listKeyGenerations(db: Queryable, tenantId: string): Promise<KeyGeneration[]> {
  const { rows } = await db.query<KeyGeneration>(
    `select generation, provider, key_id as "keyId", key_region as region, created_at as "createdAt",
       destroyed_at as "destroyedAt"
     from key_generation where tenant_id = $1 order by generation desc`,
    [tenantId],
  );
  return rows;
}

/** The end of everything that is encrypted under a tenant's key. */
export interface Destruction {
  tenantId: string;
  actor: string;
  /** Why; kept in the audit trail. */
  reason: string;
  /** When the provider has said that the key which wraps it is gone, too; absent where that is the ring's. */
  wrappingKeyGoneAt?: Date | undefined;
}

/**
 * Destroys a tenant's data key, ends its API keys and says so in ledger and audit trail, in one transaction. False when it was destroyed
 * before: nothing has changed then.
 */
export async function destroyKey(pool: pg.Pool, destruction: Destruction): Promise<boolean> {
  const { tenantId, actor, reason, wrappingKeyGoneAt } = destruction;
  return transaction(pool, async (client) => {
    if (!(await destroyTenantKey(client, tenantId))) return false;
    await revokeAllApiKeys(client, tenantId);
    await client.query(
      `update resource set state = 'absent', updated_at = now()
       where tenant_id = $1 and kind = 'tenant-key' and state = 'present'`,
      [tenantId],
    );
    if (wrappingKeyGoneAt)
      await client.query(
        `update resource set state = 'scheduled_for_deletion', facts = facts || jsonb_build_object('deletesAt', $2::text),
           updated_at = now()
         where tenant_id = $1 and kind = 'kms-key' and state = 'present'`,
        [tenantId, wrappingKeyGoneAt.toISOString()],
      );
    await appendAudit(client, { tenantId, actor, action: 'key.destroyed', detail: { reason } });
    return true;
  });
}
