import { CLEAN_STATUSES } from '../../contract/operations/states';
import type { Step } from '../../contract/operations/steps';
import type { Settings } from '../../contract/tenants/access';
import { maybeOne, type Queryable } from '../database';
import { updateLedger } from './resource-events';

/**
 * States of a ledger row. `intended` is written before the resource is made, `changing` before it is changed, and `absent` after the
 * provider has confirmed that it is gone.
 */
export type ResourceState =
  'intended' | 'present' | 'changing' | 'closing' | 'absent' | 'accepted' | 'scheduled_for_deletion';

/** A row of the ledger. */
export interface LedgerRow {
  resourceId: string;
  tenantId: string;
  operationId: string;
  step: Step;
  kind: string;
  provider: string;
  region: string;
  cell: string;
  name: string;
  externalId: string | null;
  state: ResourceState;
  generation: number;
  facts: Record<string, unknown>;
  lastError: string | null;
  intendedAt: Date;
  inFlightUntil: Date | null;
  /** What is, or is to be, changed about the resource since it was made. */
  settings: Settings;
  /** The settings before the operation that changes them; null when none does. */
  settingsBefore: Settings | null;
  changeInFlightUntil: Date | null;
}

/** Facts about a resource that are known before its creation. */
export type Intent = Pick<
  LedgerRow,
  'tenantId' | 'operationId' | 'step' | 'kind' | 'provider' | 'region' | 'cell' | 'name'
>;

/** SQL columns of a {@link LedgerRow}. */
export const COLUMNS = `resource_id as "resourceId", tenant_id as "tenantId", operation_id as "operationId", step, kind, provider, region,
  cell, name, external_id as "externalId", state, generation, facts, last_error as "lastError", intended_at as "intendedAt",
  in_flight_until as "inFlightUntil", settings, settings_before as "settingsBefore", change_in_flight_until as "changeInFlightUntil"`;

/** Statuses in which an operation neither makes nor changes resources any more. */
export const CLOSED_TO_INTENTS = ['compensating', 'needs_operator', ...CLEAN_STATUSES];

/**
 * Writes the intent, or returns the row that is already there; the caller may continue only if its state is `intended` or `present`.
 * Undefined if the operation has begun to compensate. The operation's row is locked meanwhile, so an intent is either written before the
 * operation becomes `compensating`, where compensation sees it, or not at all.
 */
export async function intend(db: Queryable, intent: Intent): Promise<LedgerRow | undefined> {
  const row = await intendFirst(db, intent);
  return row?.state === 'absent' && row.operationId !== intent.operationId ? intendAgain(db, row, intent) : row;
}

/** Starts the row of a lost resource over: a later operation makes again what an earlier one had made. */
async function intendAgain(
  db: Queryable,
  { resourceId }: LedgerRow,
  { operationId, step, region, cell, name }: Intent,
): Promise<LedgerRow | undefined> {
  return maybeOne<LedgerRow>(
    db,
    `with open as (select from operation where operation_id = $2 and status <> all($7) for share)
     update resource set state = 'intended', operation_id = $2, step = $3, region = $4, cell = $5, name = $6, external_id = null,
       generation = generation + 1, facts = '{}', last_error = null, intended_at = now(), updated_at = now(), settings = default,
       settings_before = null, changed_by = null
     from open where resource_id = $1 and state = 'absent' returning ${COLUMNS}`,
    [resourceId, operationId, step, region, cell, name, CLOSED_TO_INTENTS],
  );
}

async function intendFirst(db: Queryable, intent: Intent): Promise<LedgerRow | undefined> {
  const { tenantId, operationId, step, kind, provider, region, cell, name } = intent;
  return maybeOne<LedgerRow>(
    db,
    // `do update` with the old value returns the existing row in the same round trip.
    `insert into resource (tenant_id, operation_id, step, kind, provider, region, cell, name)
     select $1, operation_id, $3, $4, $5, $6, $7, $8 from operation where operation_id = $2 and status <> all($9) for share
     on conflict (tenant_id, kind, slot) do update set kind = excluded.kind
     returning ${COLUMNS}`,
    [tenantId, operationId, step, kind, provider, region, cell, name, CLOSED_TO_INTENTS],
  );
}

/**
 * Records that the resource exists. False if compensation has begun and closed the row: the caller must undo. `earlier` is the time until
 * which previous, unanswered requests may still take effect; `seconds` is how long the answered request may take effect once more.
 */
export async function markPresent(
  db: Queryable,
  resourceId: string,
  externalId: string,
  facts: Record<string, unknown>,
  earlier: Date | null = null,
  seconds: number | null = null,
): Promise<boolean> {
  const { rowCount } = await updateLedger(db, {
    set: `state = 'present', external_id = $2, facts = $3, last_error = null, updated_at = now(),
       in_flight_until = greatest($4::timestamptz, now() + make_interval(secs => $5))`,
    where: `resource_id = $1 and state in ('intended', 'present')`,
    values: [resourceId, externalId, JSON.stringify(facts), earlier, seconds],
  });
  return rowCount === 1;
}

/**
 * Call this before requesting a creation: for `seconds` from now the request may take effect, even if its caller dies. False if the row is
 * no longer `intended`: compensation has begun and will not wait for the request, so it must not be sent.
 */
export async function markInFlight(db: Queryable, resourceId: string, seconds: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `update resource set in_flight_until = greatest(in_flight_until, now() + make_interval(secs => $2))
     where resource_id = $1 and state = 'intended'`,
    [resourceId, seconds],
  );
  return rowCount === 1;
}

/**
 * A creation is still running, or has ended without an answer: compensation, even if it has already begun, waits until `seconds` from now.
 */
export async function extendInFlight(db: Queryable, resourceId: string, seconds: number): Promise<void> {
  await db.query(
    `update resource set in_flight_until = greatest(in_flight_until, now() + make_interval(secs => $2))
     where resource_id = $1 and state in ('intended', 'present', 'closing')`,
    [resourceId, seconds],
  );
}

/**
 * A creation was answered: it can take effect for at most `seconds` more. Requests before it stay in flight until `earlier`, see
 * {@link markPresent}.
 */
export async function endInFlight(
  db: Queryable,
  resourceId: string,
  earlier: Date | null,
  seconds: number | null = null,
): Promise<void> {
  await db.query(
    `update resource set in_flight_until = greatest($2::timestamptz, now() + make_interval(secs => $3))
     where resource_id = $1 and state in ('intended', 'present', 'closing')`,
    [resourceId, earlier, seconds],
  );
}

/**
 * After a definite failure, makes the next attempt use a new idempotency key. Only requests before the failed one stay in flight, until
 * `earlier`: see {@link markPresent}.
 */
export async function nextGeneration(db: Queryable, resourceId: string, earlier: Date | null): Promise<void> {
  await db.query(
    `update resource set generation = generation + 1, in_flight_until = $2, updated_at = now() where resource_id = $1`,
    [resourceId, earlier],
  );
}

/** Begins compensation of a step: fences its rows and returns those that are yet to be released, newest first. */
export async function closeStep(db: Queryable, operationId: string, step: Step): Promise<LedgerRow[]> {
  const { rows } = await db.query<LedgerRow>(
    `update resource set state = 'closing', updated_at = now()
     where operation_id = $1 and step = $2 and state in ('intended', 'present', 'closing')
     returning ${COLUMNS}`,
    [operationId, step],
  );
  return rows.sort((a, b) => Number(b.resourceId) - Number(a.resourceId));
}

/** Adds to what the ledger knows of a resource. */
export async function addFacts(db: Queryable, resourceId: string, facts: Record<string, unknown>): Promise<void> {
  await db.query(`update resource set facts = facts || $2::jsonb where resource_id = $1`, [
    resourceId,
    JSON.stringify(facts),
  ]);
}

/**
 * Records that the provider has confirmed the resource is gone, and resolves with 0. While a creation may still take effect, it records
 * nothing and resolves with the milliseconds until that is over: the caller must look for the resource again.
 */
export async function markAbsent(db: Queryable, resourceId: string): Promise<number> {
  return markGone(db, resourceId, 'absent', {});
}

/** Records that the provider itself will delete the resource later, at the time that `facts` give. Resolves like {@link markAbsent}. */
export async function markScheduledForDeletion(
  db: Queryable,
  resourceId: string,
  facts: Record<string, unknown>,
): Promise<number> {
  return markGone(db, resourceId, 'scheduled_for_deletion', facts);
}

async function markGone(
  db: Queryable,
  resourceId: string,
  state: ResourceState,
  facts: Record<string, unknown>,
): Promise<number> {
  const { rowCount } = await updateLedger(db, {
    set: `state = $2, facts = facts || $3::jsonb, last_error = null, updated_at = now()`,
    where: `resource_id = $1 and state = 'closing' and coalesce(in_flight_until, '-infinity') <= now()`,
    values: [resourceId, state, JSON.stringify(facts)],
  });
  if (rowCount === 1) return 0;
  const left = await maybeOne<{ ms: number }>(
    db,
    `select extract(epoch from in_flight_until - now())::float8 * 1000 as ms from resource
     where resource_id = $1 and state = 'closing'`,
    [resourceId],
  );
  return left ? Math.max(left.ms, 1) : 0;
}

/** Stores the latest error of a resource that could not be made or released, for the list of leftovers. */
export async function recordResourceError(db: Queryable, resourceId: string, message: string): Promise<void> {
  await db.query(`update resource set last_error = $2, updated_at = now() where resource_id = $1`, [
    resourceId,
    message,
  ]);
}

/** All ledger rows of a tenant, oldest first. */
export async function listResources(db: Queryable, tenantId: string): Promise<LedgerRow[]> {
  const { rows } = await db.query<LedgerRow>(
    `select ${COLUMNS} from resource where tenant_id = $1 order by resource_id`,
    [tenantId],
  );
  return rows;
}

/** What an operation has made and not released, or changed and not changed back. Once compensation has ended, these are the leftovers. */
export async function listUnreleased(db: Queryable, operationId: string): Promise<LedgerRow[]> {
  const { rows } = await db.query<LedgerRow>(
    `select ${COLUMNS} from resource
     where (operation_id = $1 and state in ('intended', 'present', 'closing')) or (changed_by = $1 and settings_before is not null)
     order by resource_id`,
    [operationId],
  );
  return rows;
}
