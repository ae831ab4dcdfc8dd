import { auditHash, GENESIS, type AuditFacts, type AuditRecord } from '../contract/audit';
import { maybeOne, type Queryable } from './database';

/** Something that happened to a tenant. `detail` holds ids and enumerations only: it cannot be deleted later. */
export type AuditEvent = Omit<AuditFacts, 'sequence' | 'at'>;

/** Entries read at once. */
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

/** Keeps a chain as it is until the end of the transaction: whoever else appends waits. */
export async function lockTrail(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`select pg_advisory_xact_lock(hashtextextended('audit:' || $1, 0))`, [tenantId]);
}

/**
 * Appends to the tenant's hash chain. Call it inside the transaction that does what it records, so that neither exists without the other.
 * The hash is {@link auditHash}. Returns where the entry stands.
 */
export async function appendAudit(
  db: Queryable,
  { tenantId, operationId, actor, action, detail }: AuditEvent,
): Promise<Pick<AuditFacts, 'sequence' | 'at'>> {
  await lockTrail(db, tenantId);
  const last = await maybeOne<{ sequence: string; hash: string }>(
    db,
    `select sequence, encode(hash, 'hex') as hash from audit_entry where tenant_id = $1 order by sequence desc limit 1`,
    [tenantId],
  );
  const sequence = Number(last?.sequence ?? 0) + 1;
  const at = new Date();
  const text = JSON.stringify(detail);
  const previousHash = last?.hash ?? GENESIS;
  const hash = auditHash(previousHash, {
    ...{ tenantId, sequence, at: at.toISOString(), actor, action },
    // As it will be read: what JSON has no words for is gone.
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

/** Which entries of a chain are asked for. */
export interface TrailPart {
  tenantId: string;
  /** Only those of one operation. */
  operationId?: string | undefined;
  /** Only those behind this sequence. */
  after?: number | undefined;
  /** Only those up to this sequence. */
  until?: number | undefined;
}

/** Entries of a chain in their order, read bit by bit. */
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

/** Where a page of a chain ends. */
export interface TrailPage {
  /** Sequence of the page's last entry; undefined when there is none. */
  last: number | undefined;
  /** Whether there are more behind it. */
  more: boolean;
}

/** Where a page of up to `limit` entries ends. Entries only ever come behind it. */
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
