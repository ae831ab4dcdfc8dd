import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** What an entry of an audit trail says. */
export interface AuditFacts {
  tenantId: string;
  /** From 1, without a gap. */
  sequence: number;
  /** ISO 8601 with milliseconds, UTC. */
  at: string;
  /** Absent for what belongs to no operation. */
  operationId?: string;
  /** Who: `token:<name>`, `workflow`, `schedule`, `command-line`, or that nobody vouches for who it was. */
  actor: string;
  /** What, past tense: `order.accepted`, `operation.active`. */
  action: string;
  /** Ids and enumerations, and what an operator gave as a reason. */
  detail: Record<string, unknown>;
}

/** An entry as it is exported: what it says, and both hashes in hexadecimal. */
export interface AuditRecord extends AuditFacts {
  previousHash: string;
  hash: string;
}

/** What the first entry of a chain follows: 32 zero bytes. */
export const GENESIS = '0'.repeat(64);

/** The chain of what belongs to no tenant: who may call the API. */
export const CONTROL_PLANE = 'control-plane';

/** SHA-256, in hexadecimal, of the 32 bytes of the hash before and the canonical JSON (RFC 8785) of what the entry says. */
export function auditHash(previousHash: string, facts: AuditFacts): string {
  const { tenantId, sequence, at, operationId, actor, action, detail } = facts;
  const hashed = {
    tenantId,
    sequence,
    at,
    actor,
    action,
    detail,
    ...(operationId === undefined ? {} : { operationId }),
  };
  return createHash('sha256').update(previousHash, 'hex').update(canonical(hashed)).digest('hex');
}

/** The line of an exported trail, without its line break: canonical JSON, so that there is one way to write it. */
export function auditLine(record: AuditRecord | object): string {
  return canonical(record);
}

function canonical(value: object): string {
  return canonicalize(value) ?? '';
}
