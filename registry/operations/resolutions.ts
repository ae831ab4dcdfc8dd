import type pg from 'pg';
import type { OperationStatus, ResolutionVerb } from '../../contract/operations/states';
import type { Step } from '../../contract/operations/steps';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction, type Queryable } from '../database';
import { appendEvent } from '../events/append';
import { updateLedger } from '../ledger/resource-events';
import { appendStepStates } from './step-states';

/** Identifies a leftover among the resources of an operation. */
export interface LeftoverName {
  kind: string;
  id: string;
}

/** An operator's decision about a run. */
export interface Resolution {
  resolutionId: string;
  operationId: string;
  verb: ResolutionVerb;
  reason: string;
  /** `token:<name>`, or a note that the sender is unverified. */
  requestedBy: string;
  /** False if it was sent past the API. */
  verified: boolean;
  idempotencyKey: string | null;
  /** SHA-256 of the request's canonical JSON. */
  requestHash: Buffer | null;
  /** With `amend`: the amended order, encrypted under the tenant's key. */
  orderCiphertext: Buffer | null;
  /** With `accept`: the leftovers to accept. */
  leftovers: LeftoverName[] | null;
  state: 'requested' | 'taken' | 'refused';
  requestedAt: Date;
  takenAt: Date | null;
}

const COLUMNS = `resolution_id as "resolutionId", operation_id as "operationId", verb, reason, requested_by as "requestedBy", verified,
  idempotency_key as "idempotencyKey", request_hash as "requestHash", order_ciphertext as "orderCiphertext", leftovers, state,
  requested_at as "requestedAt", taken_at as "takenAt"`;

/**
 * Records a resolution before the run is asked to carry it out. Requests of one caller with the same key count as one: the first is returned.
 */
export async function requestResolution(
  db: Queryable,
  resolution: Omit<Resolution, 'state' | 'requestedAt' | 'takenAt'>,
): Promise<Resolution> {
  const row = await maybeOne<Resolution>(
    db,
    `insert into resolution (resolution_id, operation_id, verb, reason, requested_by, verified, idempotency_key, request_hash,
       order_ciphertext, leftovers)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (requested_by, idempotency_key) where idempotency_key is not null do update set verb = resolution.verb
     returning ${COLUMNS}`,
    [
      resolution.resolutionId,
      resolution.operationId,
      resolution.verb,
      resolution.reason,
      resolution.requestedBy,
      resolution.verified,
      resolution.idempotencyKey,
      resolution.requestHash,
      resolution.orderCiphertext,
      resolution.leftovers === null ? null : JSON.stringify(resolution.leftovers),
    ],
  );
  return row!;
}

/** The resolution that this caller has requested with this idempotency key, or undefined. */
export async function findRequested(
  db: Queryable,
  requestedBy: string,
  idempotencyKey: string,
): Promise<Resolution | undefined> {
  return maybeOne<Resolution>(
    db,
    `select ${COLUMNS} from resolution where requested_by = $1 and idempotency_key = $2`,
    [requestedBy, idempotencyKey],
  );
}

/** Records that the run has refused a resolution. */
export async function refuseResolution(db: Queryable, resolutionId: string): Promise<void> {
  await db.query(`update resolution set state = 'refused' where resolution_id = $1 and state = 'requested'`, [
    resolutionId,
  ]);
}

/** Every resolution of an operation that its run has carried out, oldest first. */
export async function listTaken(db: Queryable, operationId: string): Promise<Resolution[]> {
  const { rows } = await db.query<Resolution>(
    `select ${COLUMNS} from resolution where operation_id = $1 and state = 'taken' order by taken_at, resolution_id`,
    [operationId],
  );
  return rows;
}

/** A step that an operator has skipped. The record stays with the tenant. */
export interface SkippedStep {
  step: Step;
  reason: string;
  by: string;
  /** ISO 8601. */
  at: string;
}

/** Whether a resolution was carried out. `unknown`: there is none to carry out. */
export type ResolutionAnswer = 'taken' | 'unknown';

/** A resolution to carry out, and the failed steps it applies to. */
export interface ResolutionToTake {
  operationId: string;
  resolutionId: string;
  verb: ResolutionVerb;
  /** The steps that had failed when the run took the resolution. */
  steps: Step[];
}

/**
 * Carries out a resolution in the registry, once, in one transaction with its audit entry and events: `amend` replaces the order, `skip` records the
 * skipped steps on the operation, `accept` marks the named leftovers as accepted. Repeating it changes nothing. `unknown` if the operation
 * has no such resolution with this verb, or if it was refused; asking again would give the same answer.
 */
export async function takeResolution(
  pool: pg.Pool,
  { operationId, resolutionId, verb: asked, steps }: ResolutionToTake,
): Promise<ResolutionAnswer> {
  return transaction(pool, async (client) => {
    const resolution = await maybeOne<Resolution>(
      client,
      `select ${COLUMNS} from resolution where resolution_id = $1 and operation_id = $2 and verb = $3 for update`,
      [resolutionId, operationId, asked],
    );
    if (!resolution || resolution.state === 'refused') return 'unknown';
    if (resolution.state === 'taken') return 'taken';
    await client.query(`update resolution set state = 'taken', taken_at = now() where resolution_id = $1`, [
      resolutionId,
    ]);
    await carryOut(client, resolution, steps);
    const { tenantId, status } = (await maybeOne<{ tenantId: string; status: OperationStatus }>(
      client,
      `select tenant_id as "tenantId", status from operation where operation_id = $1`,
      [operationId],
    ))!;
    const { verb, reason, requestedBy, leftovers } = resolution;
    await appendAudit(client, {
      tenantId,
      operationId,
      actor: requestedBy,
      action: `resolution.${verb}`,
      detail: {
        resolutionId,
        status,
        ...(steps.length > 0 ? { steps } : {}),
        ...(reason === '' ? {} : { reason }),
        ...(leftovers ? { leftovers } : {}),
      },
    });
    const about = { tenantId, operationId };
    await appendEvent(client, { ...about, type: 'resolution.taken', data: { resolutionId, verb, steps } });
    await appendStepStates(client, operationId);
    return 'taken';
  });
}

async function carryOut(db: Queryable, resolution: Resolution, steps: Step[]): Promise<void> {
  const { operationId, verb, reason, requestedBy, orderCiphertext, leftovers } = resolution;
  if (verb === 'amend')
    await db.query(`update operation set order_ciphertext = $2, updated_at = now() where operation_id = $1`, [
      operationId,
      orderCiphertext,
    ]);
  if (verb === 'skip') {
    const at = new Date().toISOString();
    const skipped: SkippedStep[] = steps.map((step) => ({ step, reason, by: requestedBy, at }));
    await db.query(`update operation set skipped = skipped || $2::jsonb, updated_at = now() where operation_id = $1`, [
      operationId,
      JSON.stringify(skipped),
    ]);
  }
  // The resource stays the tenant's; that it is as it was before is now in the operator's hands.
  if (verb === 'accept')
    await updateLedger(db, {
      from: NAMED,
      where: `changed_by = $1 and settings_before is not null and resource.kind = named.kind and coalesce(external_id, name) = named.id`,
      set: `state = 'present', settings = settings_before, settings_before = null, changed_by = null, updated_at = now()`,
      operation: '$1',
      values: [operationId, JSON.stringify(leftovers ?? [])],
    });
  if (verb === 'accept')
    await updateLedger(db, {
      from: NAMED,
      // Past the pivot of a removal, whatever operation has made it, and also if its provider does not say whether it is gone.
      where: `resource.kind = named.kind and coalesce(external_id, name) = named.id and state <> 'accepted'
         and (operation_id = $1 and state in ('intended', 'present', 'changing', 'closing') or exists (select from operation where operation.operation_id = $1
           and operation.tenant_id = resource.tenant_id and operation.status = 'needs_operator' and operation.pivot_at is not null))`,
      set: `state = 'accepted', updated_at = now()`,
      operation: '$1',
      values: [operationId, JSON.stringify(leftovers ?? [])],
    });
}

const NAMED = `jsonb_to_recordset($2::jsonb) as named (kind text, id text)`;
