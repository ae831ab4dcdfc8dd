import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { maybeOne, type Queryable } from './database';

/** Something that happened to a tenant. `detail` holds ids and enumerations only: it cannot be deleted later. */
export interface AuditEvent {
  tenantId: string;
  operationId?: string;
  /** Who: a token id, `workflow`, or `unverified:<text>`. */
  actor: string;
  /** What, past tense: `order.accepted`, `operation.active`. */
  action: string;
  detail: Record<string, unknown>;
}

const GENESIS = Buffer.alloc(32);

/**
 * Appends to the tenant's hash chain. Call it inside the transaction that does what it records, so that neither exists without the other.
 * hash = SHA-256(previous hash ‖ canonical JSON of the entry, RFC 8785).
 */
export async function appendAudit(db: Queryable, event: AuditEvent): Promise<void> {
  await db.query(`select pg_advisory_xact_lock(hashtextextended('audit:' || $1, 0))`, [event.tenantId]);
  const last = await maybeOne<{ sequence: string; hash: Buffer }>(
    db,
    `select sequence, hash from audit_entry where tenant_id = $1 order by sequence desc limit 1`,
    [event.tenantId],
  );
  const sequence = Number(last?.sequence ?? 0) + 1;
  const at = new Date();
  const previous = last?.hash ?? GENESIS;
  const hash = entryHash(previous, { ...event, sequence, at: at.toISOString() });
  await db.query(
    `insert into audit_entry (tenant_id, sequence, operation_id, at, actor, action, detail, previous_hash, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      event.tenantId,
      sequence,
      event.operationId ?? null,
      at,
      event.actor,
      event.action,
      JSON.stringify(event.detail),
      previous,
      hash,
    ],
  );
}

function entryHash(previous: Buffer, entry: AuditEvent & { sequence: number; at: string }): Buffer {
  return createHash('sha256')
    .update(previous)
    .update(canonicalize(entry) ?? '')
    .digest();
}
