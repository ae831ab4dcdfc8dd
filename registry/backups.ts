import type pg from 'pg';
import type { BackupReason, BackupState, RestoreState } from '../contract/backups';
import type { ProvisioningTemplate } from '../templates/template';
import type { KeyWrapper } from '../contract/key-wrapping';
import { appendAudit } from './audit';
import { changeBackup } from './backup-changes';
import { maybeOne, transaction, type Queryable } from './database';
import { cipherBeside, KEY_COLUMN, KEY_STANDS, tenantCipher, type KeyColumn } from './tenant-keys';

/** A table inside a backup. */
export interface BackupTable {
  name: string;
  /** In the order its rows have them. */
  columns: string[];
  rows: number;
  /** SHA-256 of its rows as PostgreSQL's COPY writes them, hexadecimal. */
  sha256: string;
}

/** What a backup holds. */
export interface BackupManifest {
  isolation: 'pooled' | 'schema' | 'database';
  /** Version of the SQL its tables were made by. */
  schemaVersion: string;
  /** Of the audit trail among them, where the plan has one. */
  auditVersion?: string;
  serverVersion: string;
  /** ISO 8601: the moment whose data it holds. */
  takenAt: string;
  tables: BackupTable[];
  sequences: { name: string; lastValue: string; isCalled: boolean }[];
}

/** A backup as the activities work with it. */
export interface BackupRow {
  backupId: string;
  tenantId: string;
  region: string;
  state: BackupState;
  attempt: number;
  parts: number | null;
  manifest: BackupManifest | null;
  restoreState: RestoreState | null;
}

const COLUMNS = `backup_id as "backupId", tenant_id as "tenantId", region, state, attempt, parts, manifest,
  restore_state as "restoreState"`;

/** A backup that is to be made. */
export interface BackupRequest {
  backupId: string;
  tenantId: string;
  region: string;
  reason: BackupReason;
  requestedBy: string;
}

/** Writes down that a backup is to be made. False when one of the tenant is under way, or this one was written down before. */
export async function requestBackup(db: Queryable, request: BackupRequest): Promise<boolean> {
  const { backupId, tenantId, region, reason, requestedBy } = request;
  const { rowCount } = await db.query(
    `insert into backup (backup_id, tenant_id, region, reason, requested_by) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [backupId, tenantId, region, reason, requestedBy],
  );
  return rowCount === 1;
}

/** Forgets a backup that nobody has begun. */
export async function discardBackup(db: Queryable, backupId: string): Promise<void> {
  await db.query(`delete from backup where backup_id = $1 and state = 'requested'`, [backupId]);
}

/** One backup, or undefined. */
export async function findBackup(db: Queryable, backupId: string): Promise<BackupRow | undefined> {
  return maybeOne<BackupRow>(db, `select ${COLUMNS} from backup where backup_id = $1`, [backupId]);
}

/**
 * Begins an attempt with a key of its own, kept under the tenant's, and returns its number; undefined when the backup has ended. Throws
 * `TenantKeyDestroyed`.
 */
export async function beginBackup(
  db: Queryable,
  keys: KeyWrapper,
  { backupId, tenantId }: Pick<BackupRow, 'backupId' | 'tenantId'>,
  key: Buffer,
): Promise<number | undefined> {
  for (;;) {
    const cipher = await tenantCipher(db, keys, tenantId);
    const row = await maybeOne<{ attempt: number | null; stands: boolean }>(
      db,
      `with ${KEY_STANDS}, begun as (
         update backup set state = 'running', attempt = attempt + 1, wrapped_key = $4 from standing
         where backup_id = $3 and state in ('requested', 'running') returning attempt)
       select (select attempt from begun) as attempt, exists (select from standing) as stands`,
      [tenantId, cipher.generation, backupId, cipher.seal(keyContext(backupId), key.toString('base64'))],
    );
    // Not the key it was sealed with any more: sealed anew.
    if (row!.stands) return row!.attempt ?? undefined;
  }
}

/** The key of a backup, or undefined when it was destroyed. Throws `TenantKeyDestroyed`, and when what wraps it is not the tenant's key. */
export async function readBackupKey(
  db: Queryable,
  keys: KeyWrapper,
  { backupId, tenantId }: Pick<BackupRow, 'backupId' | 'tenantId'>,
): Promise<Buffer | undefined> {
  const row = await maybeOne<{ sealed: Buffer | null; key: KeyColumn | null }>(
    db,
    `select backup.wrapped_key as sealed, ${KEY_COLUMN} from backup left join tenant_key using (tenant_id) where backup_id = $1`,
    [backupId],
  );
  if (!row?.sealed) return undefined;
  const cipher = await cipherBeside(keys, tenantId, row.key);
  return Buffer.from(cipher.open(keyContext(backupId), row.sealed), 'base64');
}

function keyContext(backupId: string): string {
  return `backup:${backupId}`;
}

/** What an attempt has put into the vault. */
export interface StoredBackup {
  parts: number;
  bytes: number;
  sha256: Buffer;
}

/** Ends a backup as good, with its audit entry. False when another attempt has taken this one's place: what it wrote is nobody's. */
export async function completeBackup(
  pool: pg.Pool,
  { backupId, attempt }: { backupId: string; attempt: number },
  { parts, bytes, sha256 }: StoredBackup,
  manifest: BackupManifest,
): Promise<boolean> {
  return transaction(pool, async (client) => {
    const row = await maybeOne<{ tenantId: string; region: string }>(
      client,
      `update backup set state = 'good', parts = $3, bytes = $4, sha256 = $5, manifest = $6, taken_at = $7, ended_at = now()
       where backup_id = $1 and attempt = $2 and state = 'running' returning tenant_id as "tenantId", region`,
      [backupId, attempt, parts, bytes, sha256, JSON.stringify(manifest), manifest.takenAt],
    );
    if (!row) return false;
    await appendAudit(client, {
      tenantId: row.tenantId,
      actor: 'workflow',
      action: 'backup.made',
      detail: { backupId, region: row.region, bytes, sha256: sha256.toString('hex') },
    });
    return true;
  });
}

/** Ends a backup that could not be made. Its key goes, so that what was written of it is unreadable. */
export async function failBackup(pool: pg.Pool, backupId: string, problem: string): Promise<void> {
  await changeBackup(pool, backupId, {
    sql: `update backup set state = 'failed', problem = $2, wrapped_key = null, ended_at = now()
          where backup_id = $1 and state in ('requested', 'running')`,
    values: [problem],
    action: () => 'backup.failed',
  });
}

/** What a backup needs to know of its tenant. */
export interface BackedUpTenant {
  tenantId: string;
  operationId: string;
  region: string;
  template: ProvisioningTemplate;
}

/** The active tenant an operation has provisioned, or undefined. */
export async function findBackedUpTenant(
  db: Queryable,
  by: { tenantId: string } | { operationId: string },
): Promise<BackedUpTenant | undefined> {
  const [column, id] = 'tenantId' in by ? ['tenant_id', by.tenantId] : ['operation_id', by.operationId];
  return maybeOne<BackedUpTenant>(
    db,
    `select tenant_id as "tenantId", operation_id as "operationId", region, template from operation
     where ${column} = $1 and kind = 'provision' and status = 'active' and region is not null`,
    [id],
  );
}

/** The backup that a tenant is owed because it was provisioned, as long as nobody has begun it: a new one, or the one written down before. */
export async function obtainFirstBackup(
  db: Queryable,
  request: Omit<BackupRequest, 'reason'>,
): Promise<string | undefined> {
  await requestBackup(db, { ...request, reason: 'provisioned' });
  const row = await maybeOne<{ backupId: string }>(
    db,
    `select backup_id as "backupId" from backup where tenant_id = $1 and reason = 'provisioned' and state = 'requested'`,
    [request.tenantId],
  );
  return row?.backupId;
}
