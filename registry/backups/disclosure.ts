import type pg from 'pg';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import { appendAudit } from '../audit/trail';
import { readBackupKey } from './backups';
import { maybeOne, transaction } from '../database';

/** Request to hand one backup's key to a third party. */
export interface Disclosure {
  backupId: string;
  actor: string;
  /** Why, and to whom. Kept in the audit trail. */
  reason: string;
}

/** A backup's tenant and the key that decrypts it. */
export interface DisclosedBackup {
  tenantId: string;
  /** AES-256. Decrypts this backup and nothing else of the tenant. */
  key: Buffer;
}

/**
 * Returns the key of a good backup for an auditor and records the disclosure in the tenant's trail. Undefined if there is no such backup or
 * its key was destroyed. Throws `TenantKeyDestroyed` and then records nothing.
 */
export async function discloseBackupKey(
  pool: pg.Pool,
  keys: KeyWrapper,
  { backupId, actor, reason }: Disclosure,
): Promise<DisclosedBackup | undefined> {
  return transaction(pool, async (client) => {
    const backup = await maybeOne<{ tenantId: string }>(
      client,
      `select tenant_id as "tenantId" from backup where backup_id = $1 and state = 'good'`,
      [backupId],
    );
    const key = backup && (await readBackupKey(client, keys, { backupId, tenantId: backup.tenantId }));
    if (!key) return undefined;
    const { tenantId } = backup;
    await appendAudit(client, { tenantId, actor, action: 'backup.key-disclosed', detail: { backupId, reason } });
    return { tenantId, key };
  });
}
