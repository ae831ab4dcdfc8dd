import type pg from 'pg';
import type { RestoreState } from '../../contract/backups/backups';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction } from '../database';
import { appendEvent } from '../events/append';
import { refuseWhileHeld } from '../tenants/legal-holds';

/** A restore that puts a tenant back to a backup. */
export interface Restore {
  state: RestoreState;
  requestedBy: string;
  /** ISO 8601. */
  begunAt: string;
  endedAt?: string;
  problem?: string;
}

/**
 * Records that a caller wants the tenant put back to this backup, with audit entry and event. False if the backup is not good, or a restore of
 * the tenant is already running. Throws `LegalHoldStands`, because a restore overwrites what the tenant has.
 */
export async function requestRestore(
  pool: pg.Pool,
  { backupId, requestedBy }: { backupId: string; requestedBy: string },
): Promise<boolean> {
  return transaction(pool, async (client) => {
    const backup = await maybeOne<{ tenantId: string }>(
      client,
      `select tenant_id as "tenantId" from backup where backup_id = $1`,
      [backupId],
    );
    if (!backup) return false;
    await refuseWhileHeld(client, backup.tenantId);
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
    await appendEvent(client, { type: 'restore.state', tenantId, data: { backupId, state: 'running' } });
    return true;
  });
}

/**
 * Ends a restore, with audit entry and event. A restore that was recorded as failed may still be recorded as good later, but not the
 * reverse.
 */
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
    await appendEvent(client, { type: 'restore.state', tenantId: row.tenantId, data: { backupId, state } });
  });
}
