import type pg from 'pg';
import { changeBackup, changeBackups } from './changes';
import type { Queryable } from '../database';

/**
 * Backups that a tenant no longer needs: good ones beyond the newest `keep`, except the newest that was restored; and failed ones, or ones
 * whose removal was interrupted, because they may have left parts in the vault.
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
 * Destroys the key of a dispensable backup, with its audit entry. Call it before deleting the parts, so that parts left by a crash are
 * unreadable. Throws `LegalHoldStands`.
 */
export async function retireBackup(pool: pg.Pool, backupId: string): Promise<void> {
  await changeBackup(pool, backupId, {
    sql: `update backup set state = 'removed', wrapped_key = null where backup_id = $1 and state = 'good'`,
    deletes: true,
    action: () => 'backup.retired',
    movesState: true,
  });
}

/** Records that the vault holds nothing more of a retired or failed backup. Only a backup that was good gets an audit entry. */
export async function recordRemoval(pool: pg.Pool, backupId: string): Promise<void> {
  await changeBackup(pool, backupId, {
    sql: `update backup set removed_at = now() where backup_id = $1 and state in ('failed', 'removed') and removed_at is null`,
    action: (state) => (state === 'removed' ? 'backup.removed' : undefined),
    movesState: false,
  });
}

/**
 * Ends every backup, restore test and restore of a tenant that is being removed, and destroys the keys of its backups: whatever is in the
 * vault, or is still being written there, is unreadable from then on.
 */
export async function endBackups(pool: pg.Pool, tenantId: string): Promise<void> {
  const problem = 'The tenant is being removed.';
  await changeBackups(pool, {
    sql: `update backup set state = 'failed', problem = $2, wrapped_key = null, ended_at = now()
      where tenant_id = $1 and state in ('requested', 'running')`,
    values: [tenantId, problem],
    event: ({ backupId }) => ({ type: 'backup.state', tenantId, data: { backupId, state: 'failed' } }),
  });
  await changeBackups(pool, {
    sql: `update backup set restore_state = 'failed', restore_problem = $2 where tenant_id = $1 and restore_state = 'running'`,
    values: [tenantId, problem],
    event: ({ backupId }) => ({ type: 'restore-test.state', tenantId, data: { backupId, state: 'failed' } }),
  });
  await changeBackups(pool, {
    sql: `update backup set restore = restore || jsonb_build_object('state', 'failed', 'problem', $2::text)
      where tenant_id = $1 and restore ->> 'state' = 'running'`,
    values: [tenantId, problem],
    event: ({ backupId }) => ({ type: 'restore.state', tenantId, data: { backupId, state: 'failed' } }),
  });
  for (const backupId of await listBackups(pool, tenantId, 'good')) await retireBackup(pool, backupId);
}

/** Records that the vault holds no backup of a removed tenant any more. The names of its tables are forgotten. */
export async function recordRemovals(pool: pg.Pool, tenantId: string): Promise<void> {
  for (const state of ['failed', 'removed'] as const)
    for (const backupId of await listBackups(pool, tenantId, state)) await recordRemoval(pool, backupId);
  await pool.query(`update backup set manifest = null where tenant_id = $1 and manifest is not null`, [tenantId]);
}

async function listBackups(db: Queryable, tenantId: string, state: 'good' | 'failed' | 'removed'): Promise<string[]> {
  const { rows } = await db.query<{ backupId: string }>(
    `select backup_id as "backupId" from backup where tenant_id = $1 and state = $2 and removed_at is null`,
    [tenantId, state],
  );
  return rows.map(({ backupId }) => backupId);
}
