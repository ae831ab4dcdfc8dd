import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** The content of an audit trail entry, without its hashes. */
export interface AuditFacts {
  tenantId: string;
  /** Starts at 1 and has no gaps. */
  sequence: number;
  /** ISO 8601 with milliseconds, UTC. */
  at: string;
  /** Absent when the entry belongs to no operation. */
  operationId?: string;
  /** `token:<name>` of a machine, `user:<name>` of a person, `workflow`, `schedule`, `command-line`, or a note that the actor is unverified. */
  actor: string;
  /** What happened, in the past tense: `order.accepted`, `operation.active`. */
  action: string;
  /** Ids, enumerations and the reason that an operator gave. */
  detail: Record<string, unknown>;
}

/** An entry as it is exported: its content and both hashes in hexadecimal. */
export interface AuditRecord extends AuditFacts {
  previousHash: string;
  hash: string;
}

/** The previous hash of a chain's first entry: 32 zero bytes in hexadecimal. */
export const GENESIS = '0'.repeat(64);

/** Id of the chain for events that belong to no tenant: changes to who may call the API. */
export const CONTROL_PLANE = 'control-plane';

/** SHA-256, in hexadecimal, of the previous hash's 32 bytes followed by the canonical JSON (RFC 8785) of the entry's content. */
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

/** A line of an exported trail, without its line break. Canonical JSON leaves exactly one way to write an entry. */
export function auditLine(record: AuditRecord | object): string {
  return canonical(record);
}

function canonical(value: object): string {
  return canonicalize(value) ?? '';
}
