import type { Difference, DriftOutcome } from '../../contract/operations/reconcile';
import type { Step } from '../../contract/operations/steps';
import type { Queryable } from '../database';
import { COLUMNS, type LedgerRow } from './ledger';

/** A difference of one resource. */
export interface Drift extends Difference {
  resourceId: string;
}

/** A difference, as an operation shows it. */
export interface ListedDrift extends Difference {
  kind: string;
  provider: string;
  region: string;
  id: string;
  outcome: DriftOutcome;
}

/** The ledger rows of a tenant's step whose resources should be there, oldest first. An `intended` one is being made again. */
export async function listExpected(db: Queryable, tenantId: string, step: Step): Promise<LedgerRow[]> {
  const { rows } = await db.query<LedgerRow>(
    `select ${COLUMNS} from resource
     where tenant_id = $1 and step = $2 and state in ('intended', 'present', 'changing') order by resource_id`,
    [tenantId, step],
  );
  return rows;
}

/** Records what an operation has found. What it has found before stays as it was found then. */
export async function recordDrift(db: Queryable, operationId: string, drift: readonly Drift[]): Promise<void> {
  await db.query(
    `insert into drift (operation_id, resource_id, what, was, found)
     select $1, "resourceId", what, was, "is"
     from jsonb_to_recordset($2) as d ("resourceId" bigint, what text, was text, "is" text)
     on conflict (operation_id, resource_id, what) do nothing`,
    [operationId, JSON.stringify(drift)],
  );
}

/** Records what became of all that an operation has found in a step: what is not `left` is mended. */
export async function settleDrift(
  db: Queryable,
  operationId: string,
  step: Step,
  left: readonly Drift[],
): Promise<void> {
  await db.query(
    `update drift set outcome = case when exists (
         select from jsonb_to_recordset($3) as d ("resourceId" bigint, what text)
         where d."resourceId" = drift.resource_id and d.what = drift.what) then 'left' else 'mended' end
     from resource where resource.resource_id = drift.resource_id and drift.operation_id = $1 and step = $2`,
    [operationId, step, JSON.stringify(left)],
  );
}

/** Everything that an operation has found, in the order of the resources. */
export async function listDrift(db: Queryable, operationId: string): Promise<ListedDrift[]> {
  const { rows } = await db.query<ListedDrift>(
    `select kind, provider, region, coalesce(external_id, name) as id, what, was, found as "is", coalesce(outcome, 'found') as outcome
     from drift join resource using (resource_id) where drift.operation_id = $1 order by resource_id, what`,
    [operationId],
  );
  return rows;
}

/**
 * Lets lost resources be made again, under new idempotency keys, and lets those `among` them that were made after the first of them be completed:
 * they may have been part of it. A row that is being made again already stays as it is.
 */
export async function reopenLost(db: Queryable, lost: readonly string[], among: readonly string[]): Promise<void> {
  await db.query(
    `update resource set state = 'intended', updated_at = now(), last_error = null, in_flight_until = null,
       generation = case when resource_id = any($1) then generation + 1 else generation end,
       intended_at = case when resource_id = any($1) then now() else intended_at end,
       external_id = case when resource_id = any($1) then null else external_id end
     where resource_id = any($2) and state = 'present'
       and resource_id >= (select min(id) from unnest($1::bigint[]) as lost (id))`,
    [lost, among],
  );
}
