import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type pg from 'pg';
import { rulesOf, type OperationKind } from '../../../../contract/operations/kinds';
import { STATUSES, type OperationStatus } from '../../../../contract/operations/states';
import { idsOf, type Accepted } from '../evidence';
import { groupBy } from '../group-by';
import { examine, type Verdict } from '../invariant';

/** An entry of the audit trail, as stored in the registry. */
export interface AuditEntry {
  tenantId: string;
  sequence: number;
  operationId: string | null;
  at: Date;
  actor: string;
  action: string;
  detail: Record<string, unknown>;
  previousHash: Buffer;
  hash: Buffer;
}

/** I9: each tenant's chain verifies, and the transitions of each operation are legal and lead from its acceptance to its status. */
export async function audited(registry: pg.Pool, accepted: readonly Accepted[]): Promise<Verdict> {
  const { rows } = await registry.query<AuditEntry>(
    `select tenant_id as "tenantId", sequence::int as sequence, operation_id as "operationId", at, actor, action, detail,
       previous_hash as "previousHash", hash from audit_entry order by tenant_id, sequence`,
  );
  const trails = groupBy(rows, ({ tenantId }) => tenantId);
  return examine(
    accepted,
    ({ tenantId, operationId, kind, status }) => {
      const trail = trails.get(tenantId) ?? [];
      const own = trail.filter((entry) => entry.operationId === operationId);
      return brokenChain(trail) ?? wrongTransitions(own, status, kind);
    },
    idsOf,
  );
}

/** The first break in a chain of hashes, if there is one. */
export function brokenChain(trail: readonly AuditEntry[]): string | undefined {
  let previous: Buffer = Buffer.alloc(32);
  for (const [index, { hash, previousHash, at, operationId, ...rest }] of trail.entries()) {
    if (rest.sequence !== index + 1) return `entry ${index + 1} is missing`;
    const entry = { ...rest, at: at.toISOString(), ...(operationId === null ? {} : { operationId }) };
    const right = createHash('sha256')
      .update(previous)
      .update(canonicalize(entry) ?? '')
      .digest();
    if (!previousHash.equals(previous) || !hash.equals(right)) return `entry ${index + 1} was changed`;
    previous = hash;
  }
  return undefined;
}

/** The first fault in the transitions of an operation, given its entries, if there is one. */
export function wrongTransitions(
  trail: readonly AuditEntry[],
  status: OperationStatus,
  kind: OperationKind = 'provision',
): string | undefined {
  const acceptance = kind === 'provision' ? 'order.accepted' : `${kind}.requested`;
  if (trail[0]?.action !== acceptance) return `the entry ${acceptance} is missing`;
  let now: OperationStatus = 'pending';
  for (const { action, detail } of trail) {
    const to = /^operation\.([a-z_]+)$/.exec(action)?.[1] as OperationStatus | undefined;
    if (to === undefined || !STATUSES.includes(to)) continue;
    if (detail.from !== now) return `a transition to ${to} from ${String(detail.from)}, when it was ${now}`;
    if (!rulesOf(kind).states[now]!.to.includes(to)) return `a transition from ${now} to ${to}, which there is not`;
    now = to;
  }
  return now === status ? undefined : `the trail ends with ${now}, and the operation is ${status}`;
}
