import { auditHash, GENESIS, type AuditFacts, type AuditRecord } from '../../contract/audit/chain';
import { maybeOne, type Queryable } from '../database';

/** Something that happened to a tenant. `detail` holds only ids and enumerations, because it can never be deleted. */
export type AuditEvent = Omit<AuditFacts, 'sequence' | 'at'>;

/** Entries read per query. */
const BATCH = 500;

interface EntryRow {
  tenantId: string;
  sequence: string;
  at: Date;
  operationId: string | null;
  actor: string;
  action: string;
  detail: Record<string, unknown>;
  previousHash: string;
  hash: string;
}

const COLUMNS = `tenant_id as "tenantId", sequence, at, operation_id as "operationId", actor, action, detail,
  encode(previous_hash, 'hex') as "previousHash", encode(hash, 'hex') as hash`;

/** Locks a chain until the end of the transaction: other transactions that append to it wait. */
export async function lockTrail(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`select pg_advisory_xact_lock(hashtextextended('audit:' || $1, 0))`, [tenantId]);
}

/**
 * Appends to the tenant's hash chain and returns the entry's sequence and time. Call it inside the transaction that makes the recorded
 * change, so that neither exists without the other. The hash is {@link auditHash}.
 */
export async function appendAudit(
  db: Queryable,
  { tenantId, operationId, actor, action, detail }: AuditEvent,
): Promise<Pick<AuditFacts, 'sequence' | 'at'>> {
  await lockTrail(db, tenantId);
  const last = await findNewest(db, tenantId);
  const sequence = (last?.sequence ?? 0) + 1;
  const at = new Date();
  const text = JSON.stringify(detail);
  const previousHash = last?.hash ?? GENESIS;
  const hash = auditHash(previousHash, {
    tenantId,
    sequence,
    at: at.toISOString(),
    actor,
    action,
    // Hash the detail as it will be read back, without the values that JSON cannot represent.
    detail: JSON.parse(text) as Record<string, unknown>,
    ...(operationId === undefined ? {} : { operationId }),
  });
  await db.query(
    `insert into audit_entry (tenant_id, sequence, operation_id, at, actor, action, detail, previous_hash, hash)
     values ($1, $2, $3, $4, $5, $6, $7, decode($8, 'hex'), decode($9, 'hex'))`,
    [tenantId, sequence, operationId ?? null, at, actor, action, text, previousHash, hash],
  );
  return { sequence, at: at.toISOString() };
}

/** Sequence and hash of a chain's newest entry; undefined for a chain without entries. */
export async function findNewest(
  db: Queryable,
  tenantId: string,
): Promise<Pick<AuditRecord, 'sequence' | 'hash'> | undefined> {
  const row = await maybeOne<{ sequence: string; hash: string }>(
    db,
    `select sequence, encode(hash, 'hex') as hash from audit_entry where tenant_id = $1 order by sequence desc limit 1`,
    [tenantId],
  );
  return row && { sequence: Number(row.sequence), hash: row.hash };
}

/** Which entries of a chain to read. */
export interface TrailPart {
  tenantId: string;
  /** Only entries of this operation. */
  operationId?: string | undefined;
  /** Only entries after this sequence. */
  after?: number | undefined;
  /** Only entries up to and including this sequence. */
  until?: number | undefined;
}

/** Entries of a chain in order, read in batches. */
export async function* readTrail(
  db: Queryable,
  { tenantId, operationId, after = 0, until }: TrailPart,
): AsyncGenerator<AuditRecord> {
  for (let from = after; ;) {
    const { rows } = await db.query<EntryRow>(
      `select ${COLUMNS} from audit_entry
       where tenant_id = $1 and sequence > $2 and ($3::bigint is null or sequence <= $3) and ($4::text is null or operation_id = $4)
       order by sequence limit $5`,
      [tenantId, from, until ?? null, operationId ?? null, BATCH],
    );
    for (const row of rows) yield recordOf(row);
    if (rows.length < BATCH) return;
    from = Number(rows.at(-1)!.sequence);
  }
}

/** The sequence of a chain's last entry; 0 if it has none. */
export async function lastSequence(db: Queryable, tenantId: string): Promise<number> {
  const row = await maybeOne<{ last: string }>(
    db,
    `select coalesce(max(sequence), 0) as last from audit_entry where tenant_id = $1`,
    [tenantId],
  );
  return Number(row!.last);
}

/** Where a page of a chain ends. */
export interface TrailPage {
  /** Sequence of the page's last entry; undefined if the page is empty. */
  last: number | undefined;
  /** Whether more entries follow. */
  more: boolean;
}

/** Where a page of up to `limit` entries ends. New entries are only ever appended after it. */
export async function findPage(
  db: Queryable,
  { tenantId, operationId, after = 0, limit }: Omit<TrailPart, 'until'> & { limit: number },
): Promise<TrailPage> {
  const { rows } = await db.query<{ sequence: string }>(
    `select sequence from audit_entry
     where tenant_id = $1 and sequence > $2 and ($3::text is null or operation_id = $3) order by sequence limit $4`,
    [tenantId, after, operationId ?? null, limit + 1],
  );
  const more = rows.length > limit;
  const last = (more ? rows[limit - 1] : rows.at(-1))?.sequence;
  return { last: last === undefined ? undefined : Number(last), more };
}

function recordOf({ sequence, at, operationId, ...row }: EntryRow): AuditRecord {
  return {
    ...row,
    sequence: Number(sequence),
    at: at.toISOString(),
    ...(operationId === null ? {} : { operationId }),
  };
}
