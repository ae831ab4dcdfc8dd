import type pg from 'pg';
import { changeBackup } from './backup-changes';
import type { Queryable } from './database';

/**
 * Of the tenant's backups those whose place newer good ones have taken: all but the newest `keep` good ones and the newest one that was
 * restored; and what failed ones, or ones whose removal was cut off, may have left in the vault.
 */
export async function listDispensable(db: Queryable, tenantId: string, keep: number): Promise<string[]> {
  const { rows } = await db.query<{ backupId: string }>(
    `select backup_id as "backupId" from backup where tenant_id = $1 and state in ('failed', 'removed') and removed_at is null
     union all
     (select backup_id from backup where tenant_id = $1 and state = 'good' and backup_id is distinct from
        (select backup_id from backup where tenant_id = $1 and state = 'good' and restored_at is not null
         order by taken_at desc limit 1)
      order by taken_at desc offset $2)`,
    [tenantId, keep],
  );
  return rows.map(({ backupId }) => backupId);
}

/**
 * Destroys the key of a backup that is dispensable, with its audit entry. Before its parts go: what a crash leaves of them is nothing anybody
 * can read.
 */
export async function retireBackup(pool: pg.Pool, backupId: string): Promise<void> {
  await changeBackup(pool, backupId, {
    sql: `update backup set state = 'removed', wrapped_key = null where backup_id = $1 and state = 'good'`,
    action: () => 'backup.retired',
  });
}

/** Notes that nothing of a retired backup is in the vault any more, with the audit entry of one that was good. */
export async function recordRemoval(pool: pg.Pool, backupId: string): Promise<void> {
  await changeBackup(pool, backupId, {
    sql: `update backup set removed_at = now() where backup_id = $1 and state in ('failed', 'removed') and removed_at is null`,
    action: (state) => (state === 'removed' ? 'backup.removed' : undefined),
  });
}
