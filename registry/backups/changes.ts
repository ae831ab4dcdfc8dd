import type pg from 'pg';
import type { BackupState } from '../../contract/backups/backups';
import type { NewEvent } from '../../contract/events/events';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction, type Queryable } from '../database';
import { appendEvent, appendEvents } from '../events/append';
import { refuseWhileHeld } from '../tenants/legal-holds';

/** A change to one backup's row. */
export interface BackupChange {
  /** An `update` statement without `returning`; `$1` is the backup's id. */
  sql: string;
  /** Values of `$2` and later parameters. */
  values?: unknown[];
  /** The audit action, given the row's state after the update; undefined writes no entry. */
  action(state: BackupState): string | undefined;
  /** False if the backup stays in its state, so that there is no event. */
  movesState: boolean;
  /** The change makes a good backup unreadable, so a legal hold forbids it. */
  deletes?: true;
}

/** Changes a backup and writes its audit entry and event in one transaction; if the statement matches no row, nothing happens. Throws `LegalHoldStands` for a deletion. */
export async function changeBackup(pool: pg.Pool, backupId: string, change: BackupChange): Promise<void> {
  await transaction(pool, async (client) => {
    if (change.deletes) await refuseDeletion(client, backupId);
    const row = await maybeOne<{ tenantId: string; state: BackupState }>(
      client,
      `${change.sql} returning tenant_id as "tenantId", state`,
      [backupId, ...(change.values ?? [])],
    );
    if (!row) return;
    const { tenantId, state } = row;
    const action = change.action(state);
    if (action !== undefined) await appendAudit(client, { tenantId, actor: 'workflow', action, detail: { backupId } });
    if (change.movesState) await appendEvent(client, { type: 'backup.state', tenantId, data: { backupId, state } });
  });
}

async function refuseDeletion(client: Queryable, backupId: string): Promise<void> {
  const backup = await maybeOne<{ tenantId: string }>(
    client,
    `select tenant_id as "tenantId" from backup where backup_id = $1`,
    [backupId],
  );
  if (backup) await refuseWhileHeld(client, backup.tenantId);
}

/** A backup that {@link changeBackups} has changed. */
export interface ChangedBackup {
  backupId: string;
  tenantId: string;
  region: string;
}

/** Changes or adds any number of backups, and appends an event for each in the same transaction. Returns them. */
export async function changeBackups(
  pool: pg.Pool,
  // A statement without `returning`.
  { sql, values, event }: { sql: string; values: unknown[]; event(backup: ChangedBackup): NewEvent },
): Promise<ChangedBackup[]> {
  return transaction(pool, async (client) => {
    const { rows } = await client.query<ChangedBackup>(
      `${sql} returning backup_id as "backupId", tenant_id as "tenantId", region`,
      values,
    );
    await appendEvents(client, rows.map(event));
    return rows;
  });
}
