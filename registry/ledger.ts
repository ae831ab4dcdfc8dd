import { CLEAN_STATUSES } from '../contract/states';
import type { Step } from '../contract/steps';
import { maybeOne, type Queryable } from './database';

/** States of a ledger row. `intended` is written before anything is made, `absent` after the provider says it is gone. */
export type ResourceState = 'intended' | 'present' | 'closing' | 'absent' | 'accepted' | 'scheduled_for_deletion';

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
}

/** What is known of a resource before it is made. */
export type Intent = Pick<
  LedgerRow,
  'tenantId' | 'operationId' | 'step' | 'kind' | 'provider' | 'region' | 'cell' | 'name'
>;

const COLUMNS = `resource_id as "resourceId", tenant_id as "tenantId", operation_id as "operationId", step, kind, provider, region,
  cell, name, external_id as "externalId", state, generation, facts, last_error as "lastError", intended_at as "intendedAt",
  in_flight_until as "inFlightUntil"`;

/** Where nothing is made any more. */
const TURNED_ROUND = ['compensating', 'needs_operator', ...CLEAN_STATUSES];

/**
 * Writes the intent, or returns the row that is already there. The caller looks at its state: only `intended` and `present` may go on.
 * Undefined when the operation has turned round. Its row is locked meanwhile: an intent is either there before the operation is noted as
 * compensating, so that compensation sees it, or it is not written.
 */
export async function intend(db: Queryable, intent: Intent): Promise<LedgerRow | undefined> {
  const { tenantId, operationId, step, kind, provider, region, cell, name } = intent;
  return maybeOne<LedgerRow>(
    db,
    // "do update" with the old value makes the existing row come back in one round trip
    `insert into resource (tenant_id, operation_id, step, kind, provider, region, cell, name)
     select $1, operation_id, $3, $4, $5, $6, $7, $8 from operation where operation_id = $2 and status <> all($9) for share
     on conflict (tenant_id, kind) do update set kind = excluded.kind
     returning ${COLUMNS}`,
    [tenantId, operationId, step, kind, provider, region, cell, name, TURNED_ROUND],
  );
}

/**
 * Records that the resource exists. False when the row is no longer `intended` (compensation has begun): the caller must undo. `earlier` is
 * until when what was asked before, and not answered, may still take effect.
 */
export async function markPresent(
  db: Queryable,
  resourceId: string,
  externalId: string,
  facts: Record<string, unknown>,
  earlier: Date | null = null,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update resource set state = 'present', external_id = $2, facts = $3, last_error = null, in_flight_until = $4, updated_at = now()
     where resource_id = $1 and state in ('intended', 'present')`,
    [resourceId, externalId, JSON.stringify(facts), earlier],
  );
  return rowCount === 1;
}

/**
 * A creation is about to be asked for: until `seconds` from now it may take effect, whatever becomes of the asker. False when the row is no
 * longer `intended`: compensation has begun and waits for nothing, so it must not be asked for.
 */
export async function markInFlight(db: Queryable, resourceId: string, seconds: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `update resource set in_flight_until = greatest(in_flight_until, now() + make_interval(secs => $2))
     where resource_id = $1 and state = 'intended'`,
    [resourceId, seconds],
  );
  return rowCount === 1;
}

/** A creation is still going on, or has ended without an answer: compensation, where it has begun, waits `seconds` from now. */
export async function extendInFlight(db: Queryable, resourceId: string, seconds: number): Promise<void> {
  await db.query(
    `update resource set in_flight_until = greatest(in_flight_until, now() + make_interval(secs => $2))
     where resource_id = $1 and state in ('intended', 'present', 'closing')`,
    [resourceId, seconds],
  );
}

/** A creation was answered: it can take effect for `seconds` at most from now. In flight is also what was so before, see {@link markPresent}. */
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
 * After a definite failure: the next attempt uses a new idempotency key. In flight is only what was so before, see {@link markPresent}.
 */
export async function nextGeneration(db: Queryable, resourceId: string, earlier: Date | null): Promise<void> {
  await db.query(
    `update resource set generation = generation + 1, in_flight_until = $2, updated_at = now() where resource_id = $1`,
    [resourceId, earlier],
  );
}

/** Begins compensation of a step: fences its rows and returns all that are not yet absent, newest first. */
export async function closeStep(db: Queryable, operationId: string, step: Step): Promise<LedgerRow[]> {
  const { rows } = await db.query<LedgerRow>(
    `update resource set state = 'closing', updated_at = now()
     where operation_id = $1 and step = $2 and state in ('intended', 'present', 'closing')
     returning ${COLUMNS}`,
    [operationId, step],
  );
  return rows.sort((a, b) => Number(b.resourceId) - Number(a.resourceId));
}

/**
 * Records that the provider says it is gone. Resolves with 0, or with the milliseconds in which a creation may still take effect: nothing is
 * recorded then, and it must be looked for again.
 */
export async function markAbsent(db: Queryable, resourceId: string): Promise<number> {
  return markGone(db, resourceId, 'absent', {});
}

/** Records that the provider removes it by itself at a time of its own; `facts` say when. Resolves like {@link markAbsent}. */
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
  const { rowCount } = await db.query(
    `update resource set state = $2, facts = facts || $3::jsonb, last_error = null, updated_at = now()
     where resource_id = $1 and state = 'closing' and coalesce(in_flight_until, '-infinity') <= now()`,
    [resourceId, state, JSON.stringify(facts)],
  );
  if (rowCount === 1) return 0;
  const left = await maybeOne<{ ms: number }>(
    db,
    `select extract(epoch from in_flight_until - now())::float8 * 1000 as ms from resource
     where resource_id = $1 and state = 'closing'`,
    [resourceId],
  );
  return left ? Math.max(left.ms, 1) : 0;
}

/** Keeps the newest error of a resource that could not be made or released, for the list of leftovers. */
export async function recordResourceError(db: Queryable, resourceId: string, message: string): Promise<void> {
  await db.query(`update resource set last_error = $2, updated_at = now() where resource_id = $1`, [
    resourceId,
    message,
  ]);
}

/** Everything the ledger has of a tenant, oldest first. */
export async function listResources(db: Queryable, tenantId: string): Promise<LedgerRow[]> {
  const { rows } = await db.query<LedgerRow>(
    `select ${COLUMNS} from resource where tenant_id = $1 order by resource_id`,
    [tenantId],
  );
  return rows;
}

/** What of an operation is not released: the leftovers when compensation has ended. */
export async function listUnreleased(db: Queryable, operationId: string): Promise<LedgerRow[]> {
  const { rows } = await db.query<LedgerRow>(
    `select ${COLUMNS} from resource
     where operation_id = $1 and state in ('intended', 'present', 'closing') order by resource_id`,
    [operationId],
  );
  return rows;
}
