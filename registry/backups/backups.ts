import type pg from 'pg';
import type { BackupReason, BackupState, RestoreState } from '../../contract/backups/backups';
import { SCHEDULED_STATES } from '../../contract/tenants/states';
import type { ProvisioningTemplate } from '../../templates/template';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import { appendAudit } from '../audit/trail';
import { changeBackup, changeBackups } from './changes';
import { maybeOne, transaction, type Queryable } from '../database';
import { appendEvent } from '../events/append';
import { cipherBeside, KEY_COLUMN, KEY_STANDS, tenantCipher, type KeyColumn } from '../keys/tenant-keys';

/** A table inside a backup. */
export interface BackupTable {
  name: string;
  /** In the order of the values in a row. */
  columns: string[];
  rows: number;
  /** SHA-256, hexadecimal, of the rows as PostgreSQL's COPY writes them. */
  sha256: string;
}

/** Contents of a backup. */
export interface BackupManifest {
  isolation: 'pooled' | 'schema' | 'database';
  /** Version of the SQL that created its tables. */
  schemaVersion: string;
  /** Version of the SQL that created the tenant's audit trail; absent if the plan has none. */
  auditVersion?: string;
  serverVersion: string;
  /** ISO 8601. The backup holds the data as of this moment. */
  takenAt: string;
  tables: BackupTable[];
  sequences: { name: string; lastValue: string; isCalled: boolean }[];
}

/** What activities read of a backup. */
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

/** A backup to be made. */
export interface BackupRequest {
  backupId: string;
  tenantId: string;
  region: string;
  reason: BackupReason;
  requestedBy: string;
}

/** Records that a backup is to be made. False if one of the tenant is in progress, or this one was recorded before. */
export async function requestBackup(pool: pg.Pool, request: BackupRequest): Promise<boolean> {
  const { backupId, tenantId, region, reason, requestedBy } = request;
  const added = await changeBackups(pool, {
    sql: `insert into backup (backup_id, tenant_id, region, reason, requested_by) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    values: [backupId, tenantId, region, reason, requestedBy],
    event: () => ({ type: 'backup.state', tenantId, data: { backupId, state: 'requested' } }),
  });
  return added.length === 1;
}

/** Deletes a requested backup that has not begun. */
export async function discardBackup(pool: pg.Pool, backupId: string): Promise<void> {
  await changeBackups(pool, {
    sql: `delete from backup where backup_id = $1 and state = 'requested'`,
    values: [backupId],
    event: ({ tenantId }) => ({ type: 'backup.state', tenantId, data: { backupId, state: 'discarded' } }),
  });
}

/** One backup, or undefined. */
export async function findBackup(db: Queryable, backupId: string): Promise<BackupRow | undefined> {
  return maybeOne<BackupRow>(db, `select ${COLUMNS} from backup where backup_id = $1`, [backupId]);
}

/**
 * Begins an attempt and returns its number, or undefined if the backup has ended. The attempt has a key of its own, stored encrypted under
 * the tenant's key. Throws `TenantKeyDestroyed`.
 */
export async function beginBackup(
  pool: pg.Pool,
  keys: KeyWrapper,
  { backupId, tenantId }: Pick<BackupRow, 'backupId' | 'tenantId'>,
  key: Buffer,
): Promise<number | undefined> {
  for (;;) {
    const cipher = await tenantCipher(pool, keys, tenantId);
    const sealed = cipher.seal(keyContext(backupId), key.toString('base64'));
    const begun = await transaction(pool, async (client) => {
      const row = await maybeOne<{ attempt: number | null; stands: boolean }>(
        client,
        `with ${KEY_STANDS}, begun as (
           update backup set state = 'running', attempt = attempt + 1, wrapped_key = $4 from standing
           where backup_id = $3 and state in ('requested', 'running') returning attempt)
         select (select attempt from begun) as attempt, exists (select from standing) as stands`,
        [tenantId, cipher.generation, backupId, sealed],
      );
      if (row!.attempt === 1)
        await appendEvent(client, { type: 'backup.state', tenantId, data: { backupId, state: 'running' } });
      return row!;
    });
    // If not, the tenant's key has changed since it was read: encrypt again under the new one.
    if (begun.stands) return begun.attempt ?? undefined;
  }
}

/**
 * The key of a backup, or undefined if it was destroyed. Throws `TenantKeyDestroyed`, and if it does not decrypt under the tenant's key.
 */
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

/** What an attempt has stored in the vault. */
export interface StoredBackup {
  parts: number;
  bytes: number;
  sha256: Buffer;
}

/** Ends a backup as good, with its audit entry and event. False if a later attempt has replaced this one; no backup refers to what this one wrote. */
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
    await appendEvent(client, { type: 'backup.state', tenantId: row.tenantId, data: { backupId, state: 'good' } });
    return true;
  });
}

/** Ends a backup that could not be made. Its key is destroyed, so that anything already written is unreadable. */
export async function failBackup(pool: pg.Pool, backupId: string, problem: string): Promise<void> {
  await changeBackup(pool, backupId, {
    sql: `update backup set state = 'failed', problem = $2, wrapped_key = null, ended_at = now()
          where backup_id = $1 and state in ('requested', 'running')`,
    values: [problem],
    action: () => 'backup.failed',
    movesState: true,
  });
}

/** What a backup needs to know about its tenant. */
export interface BackedUpTenant {
  tenantId: string;
  /** The operation that provisioned it. */
  operationId: string;
  region: string;
  template: ProvisioningTemplate;
}

/** The tenant with this id, or provisioned by this operation; undefined unless it is in one of {@link SCHEDULED_STATES}. */
export async function findBackedUpTenant(
  db: Queryable,
  by: { tenantId: string } | { operationId: string },
): Promise<BackedUpTenant | undefined> {
  const [column, id] = 'tenantId' in by ? ['tenant_id', by.tenantId] : ['operation_id', by.operationId];
  return maybeOne<BackedUpTenant>(
    db,
    `select tenant_id as "tenantId", operation_id as "operationId", region, template from tenant
     where ${column} = $1 and state = any($2) and region is not null`,
    [id, SCHEDULED_STATES],
  );
}

/** Id of the first backup, due because the tenant was provisioned: newly recorded or recorded before. Undefined once it has begun. */
export async function obtainFirstBackup(
  pool: pg.Pool,
  request: Omit<BackupRequest, 'reason'>,
): Promise<string | undefined> {
  await requestBackup(pool, { ...request, reason: 'provisioned' });
  const row = await maybeOne<{ backupId: string }>(
    pool,
    `select backup_id as "backupId" from backup where tenant_id = $1 and reason = 'provisioned' and state = 'requested'`,
    [request.tenantId],
  );
  return row?.backupId;
}
