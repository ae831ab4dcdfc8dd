import type pg from 'pg';
import type { RestoreState } from '../contract/backups';
import { appendAudit } from './audit';
import { maybeOne, transaction } from './database';

/** A tenant that is, or was, put back to a backup. */
export interface Restore {
  state: RestoreState;
  requestedBy: string;
  /** ISO 8601. */
  begunAt: string;
  endedAt?: string;
  problem?: string;
}

/**
 * Writes down who wants a tenant put back to a backup, with the audit entry. False when the backup is not good, or the tenant is being put back
 * to one already.
 */
export async function requestRestore(
  pool: pg.Pool,
  { backupId, requestedBy }: { backupId: string; requestedBy: string },
): Promise<boolean> {
  return transaction(pool, async (client) => {
    const restore: Restore = { state: 'running', requestedBy, begunAt: new Date().toISOString() };
    const row = await maybeOne<{ tenantId: string }>(
      client,
      `update backup set restore = $2 where backup_id = $1 and state = 'good'
         and not exists (select from backup other where other.tenant_id = backup.tenant_id and other.restore ->> 'state' = 'running')
       returning tenant_id as "tenantId"`,
      [backupId, JSON.stringify(restore)],
    );
    if (!row) return false;
    const { tenantId } = row;
    await appendAudit(client, { tenantId, actor: requestedBy, action: 'restore.requested', detail: { backupId } });
    return true;
  });
}

/** Ends a restore, with its audit entry. One that was thought to have failed may turn out to have been done. */
export async function recordRestore(pool: pg.Pool, backupId: string, problem?: string): Promise<void> {
  await transaction(pool, async (client) => {
    const state: RestoreState = problem === undefined ? 'good' : 'failed';
    const ended = { state, endedAt: new Date().toISOString(), ...(problem === undefined ? {} : { problem }) };
    const row = await maybeOne<{ tenantId: string }>(
      client,
      `update backup set restore = (restore - 'problem') || $2 where backup_id = $1 and restore ->> 'state' <> 'good'
       returning tenant_id as "tenantId"`,
      [backupId, JSON.stringify(ended)],
    );
    if (!row) return;
    const action = problem === undefined ? 'restore.done' : 'restore.failed';
    await appendAudit(client, { tenantId: row.tenantId, actor: 'workflow', action, detail: { backupId } });
  });
}
