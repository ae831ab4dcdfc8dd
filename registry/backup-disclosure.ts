import type pg from 'pg';
import type { KeyWrapper } from '../contract/key-wrapping';
import { appendAudit } from './audit';
import { readBackupKey } from './backups';
import { maybeOne, transaction } from './database';

/** The handing over of one backup's key to somebody outside. */
export interface Disclosure {
  backupId: string;
  actor: string;
  /** Why, and to whom; kept in the audit trail. */
  reason: string;
}

/** A backup with the key that opens it. */
export interface DisclosedBackup {
  tenantId: string;
  /** AES-256: opens this backup and nothing else of the tenant. */
  key: Buffer;
}

/**
 * Takes out the key of a backup for an auditor, with an entry in the tenant's trail. Undefined when there is no such backup or its key was
 * destroyed. Throws `TenantKeyDestroyed`; nothing is written then.
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
