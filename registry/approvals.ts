import { maybeOne, type Queryable } from './database';

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

/** Records a decision; the first one of an operation wins. Returns the decision that stands. */
export async function recordDecision(db: Queryable, decision: ApprovalDecision): Promise<ApprovalDecision> {
  const { decisionId, operationId, comment, decidedBy, verified } = decision;
  const row = await maybeOne<ApprovalDecision>(
    db,
    `insert into approval_decision (decision_id, operation_id, decision, comment, decided_by, verified)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (operation_id) do update set operation_id = excluded.operation_id
     returning ${COLUMNS}`,
    [decisionId, operationId, decision.decision, comment, decidedBy, verified],
  );
  return row!;
}

/** The decision that stands for an operation, or undefined. */
export async function findDecision(db: Queryable, operationId: string): Promise<ApprovalDecision | undefined> {
  return maybeOne<ApprovalDecision>(db, `select ${COLUMNS} from approval_decision where operation_id = $1`, [
    operationId,
  ]);
}
