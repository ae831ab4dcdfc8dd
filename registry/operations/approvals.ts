import type pg from 'pg';
import { PROBE_TENANT_ID } from '../../contract/ids';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction, type Queryable } from '../database';
import { appendEvent } from '../events/append';
import { createTenantKey, ifReadable, KEY_STANDS, tenantCipher, type TenantCipher } from '../keys/tenant-keys';

/** An approver's decision on an operation. */
export interface ApprovalDecision {
  decisionId: string;
  operationId: string;
  decision: 'approve' | 'reject';
  comment: string;
  decidedBy: string;
  /** False for a signal sent past the API: its sender is not authenticated. */
  verified: boolean;
}

/** The decision that counts for an operation, with its time. */
export interface StandingDecision extends ApprovalDecision {
  decidedAt: Date;
}

type DecisionRow = Omit<StandingDecision, 'comment'> & { sealed: Buffer | null };

const COLUMNS = `decision_id as "decisionId", operation_id as "operationId", decision, comment_ciphertext as sealed,
  decided_by as "decidedBy", verified, decided_at as "decidedAt"`;

/** Tenant whose data key encrypts comments. A rejected tenant's own key is destroyed while the orderer still needs to read the reason. */
const KEY_OF = PROBE_TENANT_ID;

const context = (decisionId: string): string => `approval-comment:${decisionId}`;

/** Why a decision is refused. `expired`: the deadline has passed. */
export type NotDecided = 'not-waiting' | 'expired';

/**
 * Records a decision with its audit entry and event, and returns the decision that counts: the first one of an operation. A new decision is accepted
 * only while the operation waits for it, and only before the deadline unless the run itself has received it as a signal. The operation's
 * row is locked, so that this and {@link closeApproval} run one after the other: an accepted decision counts, and a later one is refused.
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
    // Undefined: the key was rotated after it was read, so nothing was written. Encrypt again.
    if (standing) return typeof standing === 'string' ? standing : decryptComment(pool, keys, standing);
  }
}

async function decideOnce(
  client: pg.PoolClient,
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
  if (!row) return undefined;
  const about = { tenantId: operation.tenantId, operationId };
  await appendAudit(client, {
    ...about,
    actor: decidedBy,
    action: 'approval.decided',
    detail: { decision, verified },
  });
  await appendEvent(client, { ...about, type: 'approval.decided', data: { decisionId, decision, verified } });
  return row;
}

/**
 * Called at the deadline: returns the decision that counts. If there is none, the approval expires and no decision is accepted any more.
 */
export async function closeApproval(
  pool: pg.Pool,
  keys: KeyWrapper,
  operationId: string,
): Promise<StandingDecision | undefined> {
  return transaction(pool, async (client) => {
    await client.query(`select from operation where operation_id = $1 for update`, [operationId]);
    const standing = await findDecision(client, keys, operationId);
    if (standing) return standing;
    const expired = await maybeOne<{ tenantId: string }>(
      client,
      `update operation set approval_state = 'expired', updated_at = now()
       where operation_id = $1 and status = 'awaiting_approval' and approval_state <> 'expired'
       returning tenant_id as "tenantId"`,
      [operationId],
    );
    if (expired) await appendEvent(client, { type: 'approval.expired', ...expired, operationId, data: {} });
    return undefined;
  });
}

/** The decision that counts for an operation, or undefined. */
export async function findDecision(
  db: Queryable,
  keys: KeyWrapper,
  operationId: string,
): Promise<StandingDecision | undefined> {
  const row = await readRow(db, operationId);
  return row && decryptComment(db, keys, row);
}

async function readRow(db: Queryable, operationId: string): Promise<DecisionRow | undefined> {
  return maybeOne<DecisionRow>(db, `select ${COLUMNS} from approval_decision where operation_id = $1`, [operationId]);
}

async function decryptComment(
  db: Queryable,
  keys: KeyWrapper,
  { sealed, ...row }: DecisionRow,
): Promise<StandingDecision> {
  if (!sealed) return { ...row, comment: '' };
  const cipher = await ifReadable(tenantCipher(db, keys, KEY_OF));
  return { ...row, comment: cipher?.open(context(row.decisionId), sealed) ?? '' };
}
