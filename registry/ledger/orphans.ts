import type { FindingReason } from '../../contract/maintenance/sweeps';
import { END_STATUSES } from '../../contract/operations/states';
import type { Queryable } from '../database';
import { LAST_ACTIVITY } from './last-activity';

/** Something that a provider lists as ours. */
export interface ListedThing {
  tenantId: string;
  name: string;
  id: string;
  cell?: string;
}

/** A listed thing without an owner. */
export interface Orphan extends ListedThing {
  reason: Exclude<FindingReason, 'lost-run'>;
  /** The operation that provisioned the tenant; null if the registry does not know the tenant. */
  operationId: string | null;
}

/**
 * Finds the listed things of one kind that have no owner. Query after listing: the ledger row is written first, so anything listed already
 * has one. A thing has an owner while the ledger has it in any state but `absent`, or while an operation of its tenant has not ended or had
 * its last activity less than `leaseSeconds` ago.
 */
export async function findOrphans(
  db: Queryable,
  kind: string,
  things: ListedThing[],
  leaseSeconds: number,
): Promise<Orphan[]> {
  if (things.length === 0) return [];
  const { rows } = await db.query<{ id: string; operationId: string | null }>(
    `select distinct listed.id, tenant.operation_id as "operationId"
     from jsonb_to_recordset($1::jsonb) as listed ("tenantId" text, id text)
     left join tenant on tenant.tenant_id = listed."tenantId"
     left join resource on resource.tenant_id = listed."tenantId" and resource.kind = $2
     where tenant.tenant_id is null
       or (coalesce(resource.state, 'absent') = 'absent' and not exists (
         select from operation where operation.tenant_id = tenant.tenant_id
           and (status <> all($3) or ${LAST_ACTIVITY} >= now() - make_interval(secs => $4))))`,
    [JSON.stringify(things), kind, END_STATUSES, leaseSeconds],
  );
  const byId = new Map(things.map((thing) => [thing.id, thing]));
  return rows.map(({ id, operationId }) => ({
    ...byId.get(id)!,
    operationId,
    reason: operationId === null ? 'unknown-tenant' : 'orphan',
  }));
}

/** Whether the ledger has any row to compare with. An empty ledger means that the registry was lost, not that there are no tenants. */
export async function hasLedger(db: Queryable): Promise<boolean> {
  const { rowCount } = await db.query(`select from resource limit 1`);
  return rowCount === 1;
}
