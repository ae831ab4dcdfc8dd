import type { BackupReason, BackupState, RestoreState } from '../../contract/backups/backups';
import type { Backup, BackupSummary } from '../../contract/schemas/tenants/backup-schema';
import type { BackupManifest } from '../backups/backups';
import { maybeOne, type Queryable } from '../database';
import type { Restore } from '../backups/restores';
import { isBehind, microsOf, toPage, type Page, type PageRequest } from '../pages';

interface BackupViewRow {
  backupId: string;
  tenantId: string;
  region: string;
  reason: BackupReason;
  requestedBy: string;
  state: BackupState;
  parts: number | null;
  bytes: string | null;
  sha256: Buffer | null;
  manifest: BackupManifest | null;
  problem: string | null;
  requestedAt: Date;
  takenAt: Date | null;
  endedAt: Date | null;
  restoreState: RestoreState | null;
  restoreProblem: string | null;
  restoreBegunAt: Date | null;
  restoredAt: Date | null;
  restore: Restore | null;
  micros: string;
}

const COLUMNS = `backup_id as "backupId", tenant_id as "tenantId", region, reason, requested_by as "requestedBy", state, parts, bytes, sha256,
  manifest, problem, requested_at as "requestedAt", taken_at as "takenAt", ended_at as "endedAt", restore_state as "restoreState",
  restore_problem as "restoreProblem", restore_begun_at as "restoreBegunAt", restored_at as "restoredAt", restore,
  ${microsOf('requested_at')} as micros`;

/** A page of a tenant's backups, newest first. */
export async function listBackups(
  db: Queryable,
  tenantId: string,
  { after, limit }: PageRequest,
): Promise<Page<Backup>> {
  const { rows } = await db.query<BackupViewRow>(
    `select ${COLUMNS} from backup where tenant_id = $1 and ${isBehind('requested_at', 'backup_id', 2, 3)}
     order by requested_at desc, backup_id desc limit $4`,
    [tenantId, after?.micros ?? null, after?.id ?? null, limit + 1],
  );
  return toPage(rows, limit, ({ micros, backupId }) => ({ micros, id: backupId }), viewBackup);
}

/** One backup of a tenant, or undefined. */
export async function readBackup(db: Queryable, tenantId: string, backupId: string): Promise<Backup | undefined> {
  const row = await maybeOne<BackupViewRow>(
    db,
    `select ${COLUMNS} from backup where tenant_id = $1 and backup_id = $2`,
    [tenantId, backupId],
  );
  return row && viewBackup(row);
}

/** A tenant's newest good backup, and the newest backup that passed a restore test; each absent if there is none. */
export async function readLastGood(
  db: Queryable,
  tenantId: string,
): Promise<{ lastGoodBackup?: BackupSummary; lastGoodRestore?: BackupSummary }> {
  const { rows } = await db.query<{ what: 'lastGoodBackup' | 'lastGoodRestore'; backupId: string; at: Date }>(
    `(select 'lastGoodBackup' as what, backup_id as "backupId", taken_at as at from backup
      where tenant_id = $1 and state = 'good' order by taken_at desc limit 1)
     union all
     (select 'lastGoodRestore', backup_id, restored_at from backup
      where tenant_id = $1 and restored_at is not null order by restored_at desc limit 1)`,
    [tenantId],
  );
  return Object.fromEntries(rows.map(({ what, backupId, at }) => [what, { backupId, at: at.toISOString() }]));
}

function viewBackup(row: BackupViewRow): Backup {
  const { backupId, tenantId, region, reason, requestedBy, state, manifest, problem, restoreState } = row;
  const { parts, bytes, sha256, takenAt, endedAt } = row;
  return {
    backupId,
    tenantId,
    region,
    reason,
    requestedBy,
    state,
    requestedAt: row.requestedAt.toISOString(),
    ...(takenAt ? { takenAt: takenAt.toISOString() } : {}),
    ...(endedAt ? { endedAt: endedAt.toISOString() } : {}),
    ...(parts === null || bytes === null || sha256 === null
      ? {}
      : { parts, bytes: Number(bytes), sha256: sha256.toString('hex') }),
    ...(manifest
      ? {
          isolation: manifest.isolation,
          schemaVersion: manifest.schemaVersion,
          serverVersion: manifest.serverVersion,
          tables: manifest.tables.map(({ name, rows, sha256: checksum }) => ({ name, rows, sha256: checksum })),
        }
      : {}),
    ...(problem === null ? {} : { problem }),
    ...(restoreState === null ? {} : { restoreTest: viewRestoreTest(row, restoreState) }),
    ...(row.restore ? { restore: row.restore } : {}),
  };
}

function viewRestoreTest(
  { restoreProblem, restoreBegunAt, restoredAt }: BackupViewRow,
  state: RestoreState,
): NonNullable<Backup['restoreTest']> {
  return {
    state,
    ...(restoreBegunAt ? { begunAt: restoreBegunAt.toISOString() } : {}),
    ...(restoredAt ? { restoredAt: restoredAt.toISOString() } : {}),
    ...(restoreProblem === null ? {} : { problem: restoreProblem }),
  };
}
