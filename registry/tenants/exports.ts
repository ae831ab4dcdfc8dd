import type pg from 'pg';
import { EXPORT_DAYS, type ExportState, type ExportVolume } from '../../contract/exports/archive';
import type { WrappedKey } from '../../contract/keys/key-wrapping';
import type { Isolation } from '../../contract/orders/order';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction, type Queryable } from '../database';
import { appendEvent } from '../events/append';
import { CLOSED_TO_INTENTS } from '../ledger/ledger';

/** A volume as the registry knows it. */
export interface StoredVolume extends ExportVolume {
  /** Its key in the region's vault. */
  key: string;
  /** SHA-256 of its manifest, which the next volume's manifest names. */
  manifestSha256: string;
  /** SHA-256 over key and version of its last object, by which the next volume checks that it continues at the right one. */
  lastObject: string | null;
  last: boolean;
}

/** An export. */
export interface ExportRow {
  operationId: string;
  tenantId: string;
  region: string;
  state: ExportState;
  attempt: number;
  recipient: string;
  /** Whether the recipient is an identity of ours, which is handed out once. */
  ownIdentity: boolean;
  volumes: StoredVolume[];
  begunAt: Date;
  readyAt: Date | null;
  claimedAt: Date | null;
  /** When the archive is deleted. Null while the tenant is not gone: then it stays for {@link EXPORT_DAYS} after that. */
  expiresAt: Date | null;
}

const EXPIRES = `case when operation.status = 'completed' then operation.completed_at + make_interval(days => ${EXPORT_DAYS}) end`;

const COLUMNS = `tenant_export.operation_id as "operationId", tenant_export.tenant_id as "tenantId", tenant_export.region,
  tenant_export.state, attempt, recipient, own_identity as "ownIdentity", volumes,
  begun_at as "begunAt", ready_at as "readyAt", claimed_at as "claimedAt", ${EXPIRES} as "expiresAt"`;

const FROM = 'tenant_export join operation using (operation_id)';

/** A tenant that is to be exported. */
export interface ExportedTenant {
  tenantId: string;
  tenantName: string;
  plan: string;
  /** Id and version. */
  template: string;
  region: string;
  isolation: Isolation;
  /** The age recipient that the request names; null to make one. */
  exportTo: string | null;
}

/** The tenant that an operation removes; undefined if there is none, or it has no region. */
export async function findExportedTenant(db: Queryable, operationId: string): Promise<ExportedTenant | undefined> {
  return maybeOne<ExportedTenant>(
    db,
    `select tenant.tenant_id as "tenantId", tenant.tenant_name as "tenantName", tenant.plan, tenant.region,
       tenant.template ->> 'templateId' || ' ' || (tenant.template ->> 'version') as template,
       tenant.template #>> '{resources,database,isolation}' as isolation, parameters ->> 'exportTo' as "exportTo"
     from operation join tenant using (tenant_id) where operation.operation_id = $1 and tenant.region is not null`,
    [operationId],
  );
}

/** An export to be made. */
export interface NewExport {
  operationId: string;
  tenantId: string;
  region: string;
  recipient: string;
  /** The recipient's secret key, if it was made for this export. */
  identity?: WrappedKey;
}

/**
 * Begins an attempt. The first one decides the recipient; later ones keep it. Undefined once the operation is being undone: an archive that
 * it has begun before that is found by the undo.
 */
export async function beginExport(pool: pg.Pool, made: NewExport): Promise<ExportRow | undefined> {
  const { operationId, tenantId, region, recipient, identity } = made;
  return transaction(pool, async (client) => {
    const open = await maybeOne(
      client,
      `select from operation where operation_id = $1 and status <> all($2) for share`,
      [operationId, CLOSED_TO_INTENTS],
    );
    if (!open) return undefined;
    const { rowCount } = await client.query(
      `insert into tenant_export (operation_id, tenant_id, region, recipient, own_identity, wrapped_identity, wrapping_key_id)
       values ($1, $2, $3, $4, $5::bytea is not null, $5, $6) on conflict (operation_id) do nothing`,
      [operationId, tenantId, region, recipient, identity?.wrapped ?? null, identity?.keyId ?? null],
    );
    if (rowCount === 1) await note(client, made, 'running');
    await client.query(`update tenant_export set attempt = attempt + 1 where operation_id = $1 and state = 'running'`, [
      operationId,
    ]);
    const row = await findExport(client, operationId);
    return row?.state === 'running' || row?.state === 'ready' ? row : undefined;
  });
}

/** Records a finished volume. False if another attempt has taken over, or the export is being removed: then nothing may refer to the file. */
export async function recordVolume(
  db: Queryable,
  { operationId, attempt }: Pick<ExportRow, 'operationId' | 'attempt'>,
  volume: StoredVolume,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update tenant_export set volumes = volumes || $3::jsonb
     where operation_id = $1 and attempt = $2 and state = 'running' and jsonb_array_length(volumes) = $4`,
    [operationId, attempt, JSON.stringify([volume]), volume.number - 1],
  );
  return rowCount === 1;
}

/** Ends an export as ready, with an audit entry and an event. `tokenHash`: of the link that hands out its identity. */
export async function completeExport(
  pool: pg.Pool,
  { operationId, attempt }: Pick<ExportRow, 'operationId' | 'attempt'>,
  tokenHash: Buffer | undefined,
): Promise<boolean> {
  return transaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `update tenant_export set state = 'ready', ready_at = now(), token_hash = $3
       where operation_id = $1 and attempt = $2 and state = 'running'`,
      [operationId, attempt, tokenHash ?? null],
    );
    if (rowCount !== 1) return false;
    const { tenantId, volumes } = (await findExport(client, operationId))!;
    await note(client, { operationId, tenantId }, 'ready');
    const detail = {
      volumes: volumes.map(({ bytes, sha256 }) => ({ bytes, sha256 })),
      key: tokenHash === undefined ? 'customer' : 'one-time-link',
    };
    await appendAudit(client, { tenantId, operationId, actor: 'workflow', action: 'export.ready', detail });
    return true;
  });
}

/** Closes an export to writers, downloads and claims of its identity. Undefined if there is none, or nothing is left of it. */
export async function beginRemoval(pool: pg.Pool, operationId: string): Promise<ExportRow | undefined> {
  return transaction(pool, async (client) => {
    const { rows } = await client.query<{ tenantId: string }>(
      `update tenant_export set state = 'removing', wrapped_identity = null, wrapping_key_id = null, token_hash = null
       where operation_id = $1 and state in ('running', 'ready') returning tenant_id as "tenantId"`,
      [operationId],
    );
    for (const { tenantId } of rows) await note(client, { operationId, tenantId }, 'removing');
    const row = await findExport(client, operationId);
    return row?.state === 'removing' ? row : undefined;
  });
}

/** Records that nothing is left of an export in the vault. */
export async function recordRemoval(
  pool: pg.Pool,
  { operationId, tenantId }: Pick<ExportRow, 'operationId' | 'tenantId'>,
): Promise<void> {
  await transaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `update tenant_export set state = 'removed', removed_at = now() where operation_id = $1 and state = 'removing'`,
      [operationId],
    );
    if (rowCount !== 1) return;
    await note(client, { operationId, tenantId }, 'removed');
    await appendAudit(client, { tenantId, operationId, actor: 'workflow', action: 'export.removed', detail: {} });
  });
}

function note(
  client: pg.ClientBase,
  { operationId, tenantId }: Pick<ExportRow, 'operationId' | 'tenantId'>,
  state: ExportState,
): Promise<void> {
  return appendEvent(client, { type: 'export.state', tenantId, operationId, data: { state } });
}

/** The export of a removal, or undefined. */
export async function findExport(db: Queryable, operationId: string): Promise<ExportRow | undefined> {
  return maybeOne<ExportRow>(db, `select ${COLUMNS} from ${FROM} where operation_id = $1`, [operationId]);
}

/** A tenant's newest export, or undefined. */
export async function findNewestExport(db: Queryable, tenantId: string): Promise<ExportRow | undefined> {
  return maybeOne<ExportRow>(
    db,
    `select ${COLUMNS} from ${FROM} where tenant_export.tenant_id = $1 order by begun_at desc limit 1`,
    [tenantId],
  );
}

/** Exports of a region whose time is over, or whose removal was interrupted. */
export async function listDueRemovals(db: Queryable, region: string): Promise<string[]> {
  const { rows } = await db.query<{ operationId: string }>(
    `select operation_id as "operationId" from ${FROM}
     where tenant_export.region = $1 and (tenant_export.state = 'removing' or tenant_export.state = 'ready' and ${EXPIRES} <= now())
     order by begun_at`,
    [region],
  );
  return rows.map(({ operationId }) => operationId);
}

/** Something that is kept of a tenant that is gone. */
export interface Retained {
  name: string;
  where: string;
  why: string;
  until: Date;
}

/** The archives that outlive a tenant. Called before the removal has ended, it counts the days from now. */
export async function retainedExports(db: Queryable, tenantId: string): Promise<Retained[]> {
  const { rows } = await db.query<{ operationId: string; region: string; until: Date }>(
    `select tenant_export.operation_id as "operationId", tenant_export.region,
       coalesce(${EXPIRES}, now() + make_interval(days => $2)) as until
     from ${FROM} where tenant_export.tenant_id = $1 and tenant_export.state = 'ready' order by begun_at`,
    [tenantId, EXPORT_DAYS],
  );
  return rows.map(({ operationId, region, until }) => ({
    name: `export of operation ${operationId}`,
    where: `vault of region ${region}`,
    why: 'the customer asked for it; it is encrypted, and the product keeps no key once it was fetched',
    until,
  }));
}
