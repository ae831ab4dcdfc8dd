import type pg from 'pg';
import type { ApprovalState, Leftover, OperationFailure } from '../contract/messages';
import { storable } from '../contract/message-text';
import { STATE_TABLE, statusesBefore, type OperationStatus } from '../contract/states';
import type { Step, StepState } from '../contract/steps';
import { appendAudit } from './audit';
import { maybeOne, transaction } from './database';
import { evidenceDigest } from './evidence';

/** What a run reports of itself. Absent fields keep their value. */
export interface Outcome {
  operationId: string;
  status: OperationStatus;
  region?: string;
  /** Null: the order says nothing of it any more. */
  residency?: string | null;
  approvalState?: ApprovalState;
  approvalDeadline?: Date;
  holdUntil?: Date;
  failure?: OperationFailure;
  leftovers?: Leftover[];
  steps?: { id: Step; state: StepState }[];
}

/**
 * Moves an operation to the status its run reports, with an audit entry, in one transaction; a status that frees the name frees it here.
 * Compare-and-set by the state table: `committed` also when it was there already, `refused` when the table has no such move.
 */
export async function recordOutcome(
  pool: pg.Pool,
  outcome: Outcome,
  actor = 'workflow',
): Promise<'committed' | 'refused'> {
  return transaction(pool, async (client) => {
    const row = await maybeOne<{ status: OperationStatus; tenant_id: string }>(
      client,
      `select status, tenant_id from operation where operation_id = $1 for update`,
      [outcome.operationId],
    );
    if (!row) return 'refused';
    if (row.status !== outcome.status && !statusesBefore(outcome.status).includes(row.status)) return 'refused';
    // Only an approval leads from waiting for one to provisioning, so the run need not say it again; and what goes on after a hold has not failed.
    await client.query(
      `update operation set status = $2, region = coalesce($3, region), residency = case when $11 then $12 else residency end,
         approval_state = coalesce($4, case when status = 'awaiting_approval' and $2 = 'provisioning' then 'approved' else approval_state end),
         approval_deadline = coalesce($5, approval_deadline), hold_until = $10,
         failure = case when status = 'on_hold' and $2 in ('validating', 'provisioning') then null else coalesce($6, failure) end,
         leftovers = coalesce($7, leftovers), steps = coalesce($8, steps), started_at = coalesce(started_at, now()),
         updated_at = now(), completed_at = case when $9 then coalesce(completed_at, now()) end
       where operation_id = $1`,
      [
        outcome.operationId,
        outcome.status,
        outcome.region ?? null,
        outcome.approvalState ?? null,
        outcome.approvalDeadline ?? null,
        json(outcome.failure),
        json(outcome.leftovers),
        json(outcome.steps),
        STATE_TABLE[outcome.status].end,
        outcome.holdUntil ?? null,
        outcome.residency !== undefined,
        outcome.residency ?? null,
      ],
    );
    if (row.status !== outcome.status)
      await appendAudit(client, {
        tenantId: row.tenant_id,
        operationId: outcome.operationId,
        actor,
        action: `operation.${outcome.status}`,
        detail: {
          from: row.status,
          ...(outcome.failure ? { failure: outcome.failure.type, step: outcome.failure.step } : {}),
          ...(outcome.leftovers?.length ? { leftovers: outcome.leftovers.length } : {}),
          // What it was activated on.
          ...(outcome.status === 'active' ? { evidence: await evidenceDigest(client, row.tenant_id) } : {}),
        },
      });
    return 'committed';
  });
}

/** A provider's words are in it. What PostgreSQL cannot store of them must not keep a run from recording how it stands. */
const json = (value: unknown): string | null =>
  value === undefined
    ? null
    : JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? storable(part) : part));

/** Records whether the first charge went through, with an audit entry. */
export async function recordBilling(pool: pg.Pool, operationId: string, billing: 'active' | 'past_due'): Promise<void> {
  await transaction(pool, async (client) => {
    const row = await maybeOne<{ tenant_id: string }>(
      client,
      `update operation set billing = $2, updated_at = now()
       where operation_id = $1 and billing is distinct from $2 returning tenant_id`,
      [operationId, billing],
    );
    if (!row) return;
    await appendAudit(client, {
      tenantId: row.tenant_id,
      operationId,
      actor: 'workflow',
      action: `billing.${billing}`,
      detail: {},
    });
  });
}
