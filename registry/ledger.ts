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

/**
 * Writes the intent, or returns the row that is already there. The caller looks at its state: only `intended` and `present` may go on.
 */
export async function intend(db: Queryable, intent: Intent): Promise<LedgerRow> {
  const { tenantId, operationId, step, kind, provider, region, cell, name } = intent;
  const row = await maybeOne<LedgerRow>(
    db,
    // "do update" with the old value makes the existing row come back in one round trip
    `insert into resource (tenant_id, operation_id, step, kind, provider, region, cell, name)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (tenant_id, kind) do update set kind = excluded.kind
     returning ${COLUMNS}`,
    [tenantId, operationId, step, kind, provider, region, cell, name],
  );
  return row!;
}

/** Records that the resource exists. False when the row is no longer `intended` (compensation has begun): the caller must undo. */
export async function markPresent(
  db: Queryable,
  resourceId: string,
  externalId: string,
  facts: Record<string, unknown>,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update resource set state = 'present', external_id = $2, facts = $3, last_error = null, in_flight_until = null, updated_at = now()
     where resource_id = $1 and state in ('intended', 'present')`,
    [resourceId, externalId, JSON.stringify(facts)],
  );
  return rowCount === 1;
}

/** A creation is about to be asked for: until `seconds` from now it may take effect, whatever becomes of the asker. */
export async function markInFlight(db: Queryable, resourceId: string, seconds: number): Promise<void> {
  await db.query(
    `update resource set in_flight_until = now() + make_interval(secs => $2) where resource_id = $1 and state = 'intended'`,
    [resourceId, seconds],
  );
}

/** After a definite failure: nothing is in flight, and the next attempt uses a new idempotency key. */
export async function nextGeneration(db: Queryable, resourceId: string): Promise<void> {
  await db.query(
    `update resource set generation = generation + 1, in_flight_until = null, updated_at = now() where resource_id = $1`,
    [resourceId],
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

/** Records that the provider says it is gone. */
export async function markAbsent(db: Queryable, resourceId: string): Promise<void> {
  await db.query(
    `update resource set state = 'absent', last_error = null, updated_at = now() where resource_id = $1 and state = 'closing'`,
    [resourceId],
  );
}

/** Records that the provider removes it by itself at a time of its own; `facts` say when. */
export async function markScheduledForDeletion(
  db: Queryable,
  resourceId: string,
  facts: Record<string, unknown>,
): Promise<void> {
  await db.query(
    `update resource set state = 'scheduled_for_deletion', facts = facts || $2::jsonb, last_error = null, updated_at = now()
     where resource_id = $1 and state = 'closing'`,
    [resourceId, JSON.stringify(facts)],
  );
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
