import type pg from 'pg';
import { storable } from '../../contract/text/message-text';
import { rulesOf, statusesBefore } from '../../contract/operations/kinds';
import { CLEAN_STATUSES, hasEnded, type OperationStatus } from '../../contract/operations/states';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction } from '../database';
import { appendEvent, appendEvents } from '../events/append';
import { settleChanges } from '../ledger/changes';
import { claimCustomDomain } from '../identity/domain-changes';
import { forgetNames } from '../tenants/forgetting';
import { beginTrial } from '../tenants/trials';
import { evidenceDigest } from '../evidence/evidence';
import { recordFiguresIn } from '../metrics/figures';
import { outcomeEvents, type OperationBefore, type Outcome } from './outcome';
import { appendStepStates } from './step-states';

/**
 * Moves an operation to the status that its run reports, in one transaction with an audit entry and events; a status that frees the name
 * frees it in the same transaction. Compare-and-set against the state table: `committed` also if the operation already had the status,
 * `refused` if the operation does not exist or the table has no such move.
 */
export async function recordOutcome(
  pool: pg.Pool,
  outcome: Outcome,
  actor = 'workflow',
): Promise<'committed' | 'refused'> {
  return transaction(pool, (client) => recordOutcomeIn(client, outcome, actor));
}

/** {@link recordOutcome} in the caller's transaction, which is to be rolled back if it is refused after other changes. */
export async function recordOutcomeIn(
  client: pg.ClientBase,
  outcome: Outcome,
  actor = 'workflow',
): Promise<'committed' | 'refused'> {
  const row = await maybeOne<OperationBefore>(
    client,
    `select kind, status, tenant_id as "tenantId", jsonb_array_length(leftovers) as leftovers, tenant.state as "tenantState",
       tenant.returns_to as "returnsTo", pivot_at is not null as "pastPivot"
     from operation join tenant using (tenant_id) where operation.operation_id = $1 for update of operation`,
    [outcome.operationId],
  );
  if (!row) return 'refused';
  if (!mayBecome(row, outcome.status)) return 'refused';
  // Only an approval leads from `awaiting_approval` to `provisioning`, so the run need not report it. A run that continues after a hold, or
  // after an operator has decided about leftovers of a removal, has not failed, so the failure is cleared. One that is removing says itself
  // what keeps it from going on.
  await client.query(
    `update operation set status = $2, region = coalesce($3, region), residency = case when $11 then $12 else residency end,
       approval_state = coalesce($4, case when status = 'awaiting_approval' and $2 = 'provisioning' then 'approved' else approval_state end),
       approval_deadline = coalesce($5, approval_deadline), hold_until = $10,
       failure = case when $2 = 'removing' then case when status = 'removing' then $6::jsonb end when (status = 'on_hold' and $2 in ('validating', 'provisioning', 'running')) then null
         else coalesce($6, failure) end,
       leftovers = coalesce($7, leftovers), steps = coalesce($8, steps), started_at = coalesce(started_at, now()),
       pivot_at = case when $13 then coalesce(pivot_at, now()) else pivot_at end,
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
      hasEnded(outcome.status),
      outcome.holdUntil ?? null,
      outcome.residency !== undefined,
      outcome.residency ?? null,
      outcome.status === rulesOf(row.kind).pivot.status,
    ],
  );
  if (row.status !== outcome.status) {
    await endChange(client, outcome, row);
    await appendAudit(client, {
      tenantId: row.tenantId,
      operationId: outcome.operationId,
      actor,
      action: `operation.${outcome.status}`,
      detail: {
        from: row.status,
        ...(outcome.failure ? { failure: outcome.failure.type, step: outcome.failure.step } : {}),
        ...(outcome.leftovers?.length ? { leftovers: outcome.leftovers.length } : {}),
        // The evidence on which the tenant was activated.
        ...(outcome.status === 'active' ? { evidence: await evidenceDigest(client, row.tenantId) } : {}),
      },
    });
  }
  await appendEvents(client, outcomeEvents(row, outcome));
  await appendStepStates(client, outcome.operationId);
  if (row.status !== outcome.status && hasEnded(outcome.status)) await recordFiguresIn(client, outcome.operationId);
  return 'committed';
}

/**
 * Whether the kind's table allows the move. `needs_operator` stands for the leftovers of an undo as well as of a removal, and only the one that
 * leads on from there is right: back before the pivot, forward after it.
 */
function mayBecome({ kind, status, pastPivot }: OperationBefore, to: OperationStatus): boolean {
  if (status === to) return true;
  if (!statusesBefore(kind, to).includes(status)) return false;
  const undoes = to === 'compensating' || CLEAN_STATUSES.includes(to);
  return status !== 'needs_operator' || undoes !== pastPivot;
}

/** An operation may have ended: the tenant is on trial, has its new state, or again the one it had before. */
async function endChange(client: pg.ClientBase, { operationId, status }: Outcome, row: OperationBefore): Promise<void> {
  const { tenantId } = row;
  if (status === 'active') {
    await beginTrial(client, tenantId, operationId);
    await claimCustomDomain(client, tenantId, 'workflow');
  } else if (status === 'completed') await changeTenant(client, operationId, row);
  else if (CLEAN_STATUSES.includes(status))
    await client.query(
      `update tenant set state = returns_to, returns_to = null, updated_at = now() where tenant_id = $1 and returns_to is not null`,
      [tenantId],
    );
}

/** An operation has done what it was asked to: its tenant has its new state, and there is nothing to go back to any more. */
async function changeTenant(
  client: pg.ClientBase,
  operationId: string,
  { kind, tenantId }: Pick<OperationBefore, 'kind' | 'tenantId'>,
): Promise<void> {
  const { to } = rulesOf(kind);
  await client.query(
    `update tenant set state = coalesce($2, state), returns_to = null, access = coalesce(parameters ->> 'access', access), updated_at = now(),
       name_kept = coalesce((parameters ->> 'keepName')::boolean, false)
     from operation where tenant.tenant_id = $1 and operation.operation_id = $3`,
    [tenantId, to ?? null, operationId],
  );
  await settleChanges(client, operationId);
  if (to === 'gone') await forgetNames(client, tenantId);
}

/** JSON without characters that PostgreSQL cannot store: a provider's message must not keep a run from recording its status. */
const json = (value: unknown): string | null =>
  value === undefined
    ? null
    : JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? storable(part) : part));

/** Records whether the first charge succeeded, with an audit entry and an event. */
export async function recordBilling(pool: pg.Pool, operationId: string, billing: 'active' | 'past_due'): Promise<void> {
  await transaction(pool, async (client) => {
    const row = await maybeOne<{ tenantId: string }>(
      client,
      `update operation set billing = $2, updated_at = now()
       where operation_id = $1 and billing is distinct from $2 returning tenant_id as "tenantId"`,
      [operationId, billing],
    );
    if (!row) return;
    const { tenantId } = row;
    await appendAudit(client, { tenantId, operationId, actor: 'workflow', action: `billing.${billing}`, detail: {} });
    await appendEvent(client, { type: 'billing.state', tenantId, operationId, data: { state: billing } });
  });
}
