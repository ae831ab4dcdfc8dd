import type pg from 'pg';
import { appendAudit } from './audit';
import { maybeOne, transaction, type Queryable } from './database';

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

const COLUMNS = `decision_id as "decisionId", operation_id as "operationId", decision, comment, decided_by as "decidedBy", verified`;

/** Why no decision is taken; `expired`: the deadline has passed. */
export type NotDecided = 'not-waiting' | 'expired';

/**
 * Records a decision, with its audit entry; the first one of an operation wins. Returns the decision that stands. A new one is taken only while
 * the operation waits for it and, unless its run itself has heard it, before the deadline. The operation's row is locked, so that this and
 * {@link closeApproval} come one after the other: what was taken counts, what comes later is refused.
 */
export async function recordDecision(
  pool: pg.Pool,
  decision: ApprovalDecision,
): Promise<ApprovalDecision | NotDecided> {
  const { decisionId, operationId, comment, decidedBy, verified } = decision;
  return transaction(pool, async (client) => {
    const operation = await maybeOne<{ waiting: boolean; late: boolean | null }>(
      client,
      `select status = 'awaiting_approval' as waiting,
         approval_state = 'expired' or approval_deadline <= clock_timestamp() as late
       from operation where operation_id = $1 for update`,
      [operationId],
    );
    const before = await findDecision(client, operationId);
    if (before) return before;
    if (!operation?.waiting) return 'not-waiting';
    if (operation.late && verified) return 'expired';
    const row = await maybeOne<ApprovalDecision & { tenantId: string }>(
      client,
      `insert into approval_decision (decision_id, operation_id, decision, comment, decided_by, verified)
       values ($1, $2, $3, $4, $5, $6)
       on conflict (operation_id) do update set operation_id = excluded.operation_id
       returning ${COLUMNS}, (select tenant_id from operation where operation_id = $2) as "tenantId"`,
      [decisionId, operationId, decision.decision, comment, decidedBy, verified],
    );
    const { tenantId, ...standing } = row!;
    if (standing.decisionId === decisionId)
      await appendAudit(client, {
        tenantId,
        operationId,
        actor: decidedBy,
        action: 'approval.decided',
        detail: { decision: standing.decision, verified },
      });
    return standing;
  });
}

/** At the deadline: the decision that stands; without one none is taken from now on. */
export async function closeApproval(pool: pg.Pool, operationId: string): Promise<ApprovalDecision | undefined> {
  return transaction(pool, async (client) => {
    await client.query(`select from operation where operation_id = $1 for update`, [operationId]);
    const standing = await findDecision(client, operationId);
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
export async function findDecision(db: Queryable, operationId: string): Promise<ApprovalDecision | undefined> {
  return maybeOne<ApprovalDecision>(db, `select ${COLUMNS} from approval_decision where operation_id = $1`, [
    operationId,
  ]);
}
