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

/** Records a decision, with its audit entry; the first one of an operation wins. Returns the decision that stands. */
export async function recordDecision(pool: pg.Pool, decision: ApprovalDecision): Promise<ApprovalDecision> {
  const { decisionId, operationId, comment, decidedBy, verified } = decision;
  return transaction(pool, async (client) => {
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

/** The decision that stands for an operation, or undefined. */
export async function findDecision(db: Queryable, operationId: string): Promise<ApprovalDecision | undefined> {
  return maybeOne<ApprovalDecision>(db, `select ${COLUMNS} from approval_decision where operation_id = $1`, [
    operationId,
  ]);
}
