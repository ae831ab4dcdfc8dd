import type pg from 'pg';
import { newOperationId, newTenantId } from '../contract/ids';
import type { KeyWrapper } from '../contract/key-wrapping';
import type { ApprovalState, Leftover, OperationFailure } from '../contract/messages';
import type { TenantProvisioningRequest } from '../contract/order';
import { STATE_TABLE, statusesBefore, type OperationStatus } from '../contract/states';
import type { Step, StepState } from '../contract/steps';
import type { ProvisioningTemplate } from '../templates/template';
import { appendAudit } from './audit';
import { maybeOne, transaction, violatedConstraint, type Queryable } from './database';
import { evidenceDigest } from './evidence';
import { cipherBeside, createTenantKey, KEY_COLUMN, tenantCipher, type KeyColumn } from './tenant-keys';

/** An order that passed every check that needs no provider. */
export interface Acceptance {
  /** Who asks: `token:<name>`, the same for every token of one holder. */
  caller: string;
  idempotencyKey?: string;
  /** SHA-256 of the order's canonical JSON. */
  requestHash: Buffer;
  order: TenantProvisioningRequest;
  /** The plan's template with the customizations applied: the run keeps it whatever is edited later. */
  template: ProvisioningTemplate;
  /** Customizations that wait for an approver. */
  approvalsRequired: string[];
}

/** What became of an {@link Acceptance}. */
export type AcceptanceOutcome =
  | { outcome: 'accepted' | 'repeated'; operationId: string; tenantId: string }
  | { outcome: 'key-reused' }
  | { outcome: 'name-taken' };

/**
 * Accepts an order in one transaction: ids, name, the tenant's key and the encrypted order, or nothing at all. The same caller's same
 * idempotency key with the same order is answered with the first operation, whatever has become of it.
 */
export async function acceptOrder(pool: pg.Pool, keys: KeyWrapper, acceptance: Acceptance): Promise<AcceptanceOutcome> {
  const before = await findRepeat(pool, acceptance);
  if (before) return before;
  try {
    return await transaction(pool, (client) => insertOperation(client, keys, acceptance));
  } catch (error) {
    const constraint = violatedConstraint(error);
    if (constraint !== 'operation_name_held' && constraint !== 'operation_idempotency') throw error;
    // The same order may have arrived twice at once: whichever index noticed first, the key decides.
    return (await findRepeat(pool, acceptance)) ?? { outcome: 'name-taken' };
  }
}

async function findRepeat(db: Queryable, acceptance: Acceptance): Promise<AcceptanceOutcome | undefined> {
  if (acceptance.idempotencyKey === undefined) return undefined;
  const row = await maybeOne<{ operation_id: string; tenant_id: string; request_hash: Buffer }>(
    db,
    `select operation_id, tenant_id, request_hash from operation where caller = $1 and idempotency_key = $2`,
    [acceptance.caller, acceptance.idempotencyKey],
  );
  if (!row) return undefined;
  if (!row.request_hash.equals(acceptance.requestHash)) return { outcome: 'key-reused' };
  return { outcome: 'repeated', operationId: row.operation_id, tenantId: row.tenant_id };
}

async function insertOperation(
  client: Queryable,
  keys: KeyWrapper,
  acceptance: Acceptance,
): Promise<AcceptanceOutcome> {
  const operationId = newOperationId();
  const tenantId = newTenantId();
  const { order, template, caller, approvalsRequired } = acceptance;
  await createTenantKey(client, keys, tenantId);
  const sealed = (await tenantCipher(client, keys, tenantId)).seal('order', JSON.stringify(order));
  await client.query(
    `insert into operation (operation_id, tenant_id, tenant_name, plan, residency, template, caller, idempotency_key,
       request_hash, order_ciphertext, approval_keys)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      operationId,
      tenantId,
      order.tenantName,
      order.subscription.plan,
      order.compliance?.dataResidency ?? null,
      JSON.stringify(template),
      caller,
      acceptance.idempotencyKey ?? null,
      acceptance.requestHash,
      sealed,
      approvalsRequired,
    ],
  );
  await client.query(
    `insert into resource (tenant_id, operation_id, step, kind, provider, region, name, external_id, state)
     values ($1, $2, 'reserve', 'tenant-key', 'registry', 'global', $1, $1, 'present')`,
    [tenantId, operationId],
  );
  await appendAudit(client, {
    tenantId,
    operationId,
    actor: caller,
    action: 'order.accepted',
    detail: { plan: order.subscription.plan, template: template.version, approvalsRequired },
  });
  return { outcome: 'accepted', operationId, tenantId };
}

/** What an activity works from. */
export interface LoadedOperation {
  operationId: string;
  tenantId: string;
  status: OperationStatus;
  region: string | null;
  caller: string;
  approvalKeys: string[];
  order: TenantProvisioningRequest;
  template: ProvisioningTemplate;
}

/** An operation with its order decrypted, or undefined when there is none. Throws when the tenant's key was destroyed. */
export async function loadOperation(
  db: Queryable,
  keys: KeyWrapper,
  operationId: string,
): Promise<LoadedOperation | undefined> {
  const row = await maybeOne<Omit<LoadedOperation, 'order'> & { sealed: Buffer; key: KeyColumn | null }>(
    db,
    `select operation_id as "operationId", tenant_id as "tenantId", status, region, caller, approval_keys as "approvalKeys",
       template, order_ciphertext as sealed, ${KEY_COLUMN}
     from operation left join tenant_key using (tenant_id) where operation_id = $1`,
    [operationId],
  );
  if (!row) return undefined;
  const { sealed, key, ...rest } = row;
  const cipher = await cipherBeside(keys, row.tenantId, key);
  const order = JSON.parse(cipher.open('order', sealed)) as TenantProvisioningRequest;
  return { ...rest, order };
}

/** The template an operation was ordered with; readable also when the order is not any more. */
export async function findTemplate(db: Queryable, operationId: string): Promise<ProvisioningTemplate | undefined> {
  const row = await maybeOne<{ template: ProvisioningTemplate }>(
    db,
    `select template from operation where operation_id = $1`,
    [operationId],
  );
  return row?.template;
}

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

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

/** Accepted operations whose start Temporal has not confirmed after `olderThanSeconds`, oldest first. */
export async function listUnstarted(
  db: Queryable,
  olderThanSeconds: number,
  limit = 100,
): Promise<
  { operationId: string; tenantId: string; plan: string; residency: string | null; template: ProvisioningTemplate }[]
> {
  const { rows } = await db.query<{
    operationId: string;
    tenantId: string;
    plan: string;
    residency: string | null;
    template: ProvisioningTemplate;
  }>(
    `select operation_id as "operationId", tenant_id as "tenantId", plan, residency, template from operation
     where started_at is null and created_at < now() - make_interval(secs => $1) order by created_at limit $2`,
    [olderThanSeconds, limit],
  );
  return rows;
}

/** Records that Temporal has taken the run. */
export async function markStarted(db: Queryable, operationId: string): Promise<void> {
  await db.query(`update operation set started_at = coalesce(started_at, now()) where operation_id = $1`, [
    operationId,
  ]);
}

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
