import type pg from 'pg';
import { PROBE_TENANT_ID } from '../contract/ids';
import type { KeyWrapper } from '../contract/key-wrapping';
import { appendAudit } from './audit';
import { maybeOne, transaction, type Queryable } from './database';
import { createTenantKey, ifReadable, KEY_STANDS, tenantCipher, type TenantCipher } from './tenant-keys';

/** An approver's word on an operation. */
export interface ApprovalDecision {
  decisionId: string;
  operationId: string;
  decision: 'approve' | 'reject';
  comment: string;
  decidedBy: string;
  /** False for a signal that came past the API: nobody vouches for who sent it. */
  verified: boolean;
}

/** A decision with when it was made. */
export interface StandingDecision extends ApprovalDecision {
  decidedAt: Date;
}

type DecisionRow = Omit<StandingDecision, 'comment'> & { sealed: Buffer | null };

const COLUMNS = `decision_id as "decisionId", operation_id as "operationId", decision, comment_ciphertext as sealed,
  decided_by as "decidedBy", verified, decided_at as "decidedAt"`;

/** Tenant whose data key protects comments. A rejected tenant's own key is destroyed while the orderer still wants to know why. */
const KEY_OF = PROBE_TENANT_ID;

const context = (decisionId: string): string => `approval-comment:${decisionId}`;

/** Why no decision is taken; `expired`: the deadline has passed. */
export type NotDecided = 'not-waiting' | 'expired';

/**
 * Records a decision, with its audit entry; the first one of an operation wins. Returns the decision that stands. A new one is taken only while
 * the operation waits for it and, unless its run itself has heard it, before the deadline. The operation's row is locked, so that this and
 * {@link closeApproval} come one after the other: what was taken counts, what comes later is refused.
 */
export async function recordDecision(
  pool: pg.Pool,
  keys: KeyWrapper,
  decision: ApprovalDecision,
): Promise<StandingDecision | NotDecided> {
  await createTenantKey(pool, keys, KEY_OF);
  for (;;) {
    const cipher = await tenantCipher(pool, keys, KEY_OF);
    const standing = await transaction(pool, (client) => decideOnce(client, decision, cipher));
    // Nothing was written when the key was rotated after it was read.
    if (standing) return typeof standing === 'string' ? standing : opened(pool, keys, standing);
  }
}

async function decideOnce(
  client: Queryable,
  { decisionId, operationId, decision, comment, decidedBy, verified }: ApprovalDecision,
  cipher: TenantCipher,
): Promise<DecisionRow | NotDecided | undefined> {
  const operation = await maybeOne<{ tenantId: string; waiting: boolean; late: boolean | null }>(
    client,
    `select tenant_id as "tenantId", status = 'awaiting_approval' as waiting,
       approval_state = 'expired' or approval_deadline <= clock_timestamp() as late
     from operation where operation_id = $1 for update`,
    [operationId],
  );
  const before = await readRow(client, operationId);
  if (before) return before;
  if (!operation?.waiting) return 'not-waiting';
  if (operation.late && verified) return 'expired';
  const sealed = comment === '' ? null : cipher.seal(context(decisionId), comment);
  const row = await maybeOne<DecisionRow>(
    client,
    `with ${KEY_STANDS}
     insert into approval_decision (decision_id, operation_id, decision, comment_ciphertext, decided_by, verified)
     select $3, $4, $5, $6, $7, $8 from standing returning ${COLUMNS}`,
    [KEY_OF, cipher.generation, decisionId, operationId, decision, sealed, decidedBy, verified],
  );
  if (row)
    await appendAudit(client, {
      tenantId: operation.tenantId,
      operationId,
      actor: decidedBy,
      action: 'approval.decided',
      detail: { decision, verified },
    });
  return row;
}

/** At the deadline: the decision that stands; without one none is taken from now on. */
export async function closeApproval(
  pool: pg.Pool,
  keys: KeyWrapper,
  operationId: string,
): Promise<StandingDecision | undefined> {
  return transaction(pool, async (client) => {
    await client.query(`select from operation where operation_id = $1 for update`, [operationId]);
    const standing = await findDecision(client, keys, operationId);
    if (!standing)
      await client.query(
        `update operation set approval_state = 'expired', updated_at = now()
         where operation_id = $1 and status = 'awaiting_approval'`,
        [operationId],
      );
    return standing;
  });
}

/** The decision that stands for an operation, or undefined. */
export async function findDecision(
  db: Queryable,
  keys: KeyWrapper,
  operationId: string,
): Promise<StandingDecision | undefined> {
  const row = await readRow(db, operationId);
  return row && opened(db, keys, row);
}

async function readRow(db: Queryable, operationId: string): Promise<DecisionRow | undefined> {
  return maybeOne<DecisionRow>(db, `select ${COLUMNS} from approval_decision where operation_id = $1`, [operationId]);
}

async function opened(db: Queryable, keys: KeyWrapper, { sealed, ...row }: DecisionRow): Promise<StandingDecision> {
  if (!sealed) return { ...row, comment: '' };
  const cipher = await ifReadable(tenantCipher(db, keys, KEY_OF));
  return { ...row, comment: cipher?.open(context(row.decisionId), sealed) ?? '' };
}
