import type pg from 'pg';
import { PROBE_TENANT_ID } from '../contract/ids';
import type { KeyWrapper } from '../contract/key-wrapping';
import { appendAudit } from './audit';
import { maybeOne, transaction, type Queryable } from './database';
import { createTenantKey, ifReadable, KEY_STANDS, tenantCipher } from './tenant-keys';

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

/** Records a decision, with its audit entry; the first one of an operation wins. Returns the decision that stands. */
export async function recordDecision(
  pool: pg.Pool,
  keys: KeyWrapper,
  decision: ApprovalDecision,
): Promise<StandingDecision> {
  const { decisionId, operationId, comment, decidedBy, verified } = decision;
  await createTenantKey(pool, keys, KEY_OF);
  for (;;) {
    const cipher = await tenantCipher(pool, keys, KEY_OF);
    const sealed = comment === '' ? null : cipher.seal(context(decisionId), comment);
    const row = await transaction(pool, async (client) => {
      const written = await maybeOne<DecisionRow & { tenantId: string }>(
        client,
        `with ${KEY_STANDS}
         insert into approval_decision (decision_id, operation_id, decision, comment_ciphertext, decided_by, verified)
         select $3, $4, $5, $6, $7, $8 from standing
         on conflict (operation_id) do update set operation_id = excluded.operation_id
         returning ${COLUMNS}, (select tenant_id from operation where operation_id = $4) as "tenantId"`,
        [KEY_OF, cipher.generation, decisionId, operationId, decision.decision, sealed, decidedBy, verified],
      );
      if (written?.decisionId === decisionId)
        await appendAudit(client, {
          tenantId: written.tenantId,
          operationId,
          actor: decidedBy,
          action: 'approval.decided',
          detail: { decision: written.decision, verified },
        });
      return written;
    });
    // Without a row the key was rotated since it was read.
    if (row) {
      const { tenantId: _tenantId, ...standing } = row;
      return opened(pool, keys, standing);
    }
  }
}

/** The decision that stands for an operation, or undefined. */
export async function findDecision(
  db: Queryable,
  keys: KeyWrapper,
  operationId: string,
): Promise<StandingDecision | undefined> {
  const row = await maybeOne<DecisionRow>(db, `select ${COLUMNS} from approval_decision where operation_id = $1`, [
    operationId,
  ]);
  return row && opened(db, keys, row);
}

async function opened(db: Queryable, keys: KeyWrapper, { sealed, ...row }: DecisionRow): Promise<StandingDecision> {
  if (!sealed) return { ...row, comment: '' };
  const cipher = await ifReadable(tenantCipher(db, keys, KEY_OF));
  return { ...row, comment: cipher?.open(context(row.decisionId), sealed) ?? '' };
}
