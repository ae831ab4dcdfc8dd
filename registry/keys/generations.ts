import type pg from 'pg';
import type { KeyProvider } from '../../contract/keys/key-wrapping';
import { revokeAllNamedSecrets } from '../credentials/named-secrets';
import { appendAuditOnce } from '../audit/append-once';
import { appendAudit } from '../audit/trail';
import { transaction, type Queryable } from '../database';
import { updateLedger } from '../ledger/resource-events';
import { refuseWhileHeld } from '../tenants/legal-holds';
import { destroyTenantKey } from './tenant-keys';

/** Public facts about one generation of a tenant's data key. */
export interface KeyGeneration {
  generation: number;
  provider: KeyProvider;
  keyId: string;
  /** Null for the control plane's own ring. */
  region: string | null;
  createdAt: Date;
  destroyedAt: Date | null;
}

/** Every generation of a tenant's data key, newest first, without the keys. */
export async function listKeyGenerations(db: Queryable, tenantId: string): Promise<KeyGeneration[]> {
  const { rows } = await db.query<KeyGeneration>(
    `select generation, provider, key_id as "keyId", key_region as region, created_at as "createdAt",
       destroyed_at as "destroyedAt"
     from key_generation where tenant_id = $1 order by generation desc`,
    [tenantId],
  );
  return rows;
}

/** Destruction of a tenant's data key, and so of everything encrypted under it. */
export interface Destruction {
  tenantId: string;
  actor: string;
  /** Kept in the audit trail. */
  reason: string;
  /** When the tenant's own wrapping key will be deleted, as stated by its provider; absent if a key of the ring wraps the data key. */
  wrappingKeyGoneAt?: Date | undefined;
}

/**
 * Records that the destruction of a tenant's key is about to begin outside the registry. Throws `LegalHoldStands`; a hold that is placed
 * after this does not stop the destruction.
 */
export async function announceDestruction(pool: pg.Pool, { tenantId, actor, reason }: Destruction): Promise<void> {
  await transaction(pool, async (client) => {
    await refuseWhileHeld(client, tenantId);
    await appendAuditOnce(client, { tenantId, actor, action: 'key.destruction-begun', detail: { reason } });
  });
}

/**
 * Destroys a tenant's data key, revokes its API keys and SCIM tokens, and records the destruction in the ledger and the audit trail, in one transaction.
 * False if the key was destroyed before; nothing has changed then. Throws `LegalHoldStands`, unless the tenant's own wrapping key already
 * decrypts nothing.
 */
export async function destroyKey(pool: pg.Pool, destruction: Destruction): Promise<boolean> {
  const { tenantId, actor, reason, wrappingKeyGoneAt } = destruction;
  return transaction(pool, async (client) => {
    if (!(await destroyTenantKey(client, tenantId))) return false;
    // Only now, because other transactions lock the tenant's operations before the tenant.
    if (!wrappingKeyGoneAt) await refuseWhileHeld(client, tenantId);
    await revokeAllNamedSecrets(client, tenantId);
    await updateLedger(client, {
      set: `state = 'absent', updated_at = now()`,
      where: `tenant_id = $1 and kind = 'tenant-key' and state = 'present'`,
      operation: 'null',
      values: [tenantId],
    });
    if (wrappingKeyGoneAt)
      await updateLedger(client, {
        set: `state = 'scheduled_for_deletion', facts = facts || jsonb_build_object('deletesAt', $2::text), updated_at = now()`,
        where: `tenant_id = $1 and kind = 'kms-key' and state = 'present'`,
        operation: 'null',
        values: [tenantId, wrappingKeyGoneAt.toISOString()],
      });
    await appendAudit(client, { tenantId, actor, action: 'key.destroyed', detail: { reason } });
    return true;
  });
}
