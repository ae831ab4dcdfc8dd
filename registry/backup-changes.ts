import type pg from 'pg';
import type { BackupState } from '../contract/backups';
import { appendAudit } from './audit';
import { maybeOne, transaction } from './database';

/** A change to one backup's row. */
export interface BackupChange {
  /** An update that names the backup as `$1`, without `returning`. */
  sql: string;
  /** Of `$2` and what follows. */
  values?: unknown[];
  /** What the trail says of it, by the state the row has then; undefined: nothing. */
  action(state: BackupState): string | undefined;
}

/** Changes a backup in one transaction with its audit entry; where the statement meets no row, neither. */
export async function changeBackup(pool: pg.Pool, backupId: string, change: BackupChange): Promise<void> {
  await transaction(pool, async (client) => {
    const row = await maybeOne<{ tenantId: string; state: BackupState }>(
      client,
      `${change.sql} returning tenant_id as "tenantId", state`,
      [backupId, ...(change.values ?? [])],
    );
    const action = row && change.action(row.state);
    if (action !== undefined)
      await appendAudit(client, { tenantId: row!.tenantId, actor: 'workflow', action, detail: { backupId } });
  });
}
