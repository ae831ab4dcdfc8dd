import type { FindingReason } from '../contract/sweeps';
import { END_STATUSES } from '../contract/states';
import type { Queryable } from './database';
import { LAST_SIGN_OF_LIFE } from './signs-of-life';

/** Something a provider has listed as ours. */
export interface ListedThing {
  tenantId: string;
  name: string;
  id: string;
  cell?: string;
}

/** A listed thing that nobody owns. */
export interface Stray extends ListedThing {
  reason: Exclude<FindingReason, 'lost-run'>;
  /** Of a tenant the registry knows. */
  operationId: string | null;
}

/**
 * Which of the things of one kind nobody owns. Ask after the listing: what is made has its row before, so whatever was listed has one by then.
 * A thing is owned as long as the ledger has it in any state but `absent`, its operation has not ended, or something happened to that
 * within `leaseSeconds`.
 */
export async function findStrays(
  db: Queryable,
  kind: string,
  things: ListedThing[],
  leaseSeconds: number,
): Promise<Stray[]> {
  if (things.length === 0) return [];
  const { rows } = await db.query<{ id: string; operationId: string | null }>(
    `select distinct listed.id, operation.operation_id as "operationId"
     from jsonb_to_recordset($1::jsonb) as listed ("tenantId" text, id text)
     left join operation on operation.tenant_id = listed."tenantId" and operation.kind = 'provision'
     left join resource on resource.tenant_id = listed."tenantId" and resource.kind = $2
     where operation.operation_id is null
       or (operation.status = any($3) and coalesce(resource.state, 'absent') = 'absent'
           and ${LAST_SIGN_OF_LIFE} < now() - make_interval(secs => $4))`,
    [JSON.stringify(things), kind, END_STATUSES, leaseSeconds],
  );
  const byId = new Map(things.map((thing) => [thing.id, thing]));
  return rows.map(({ id, operationId }) => ({
    ...byId.get(id)!,
    operationId,
    reason: operationId === null ? 'unknown-tenant' : 'orphan',
  }));
}

/** Whether the registry has a ledger to compare with: an empty one is a registry that was lost, not a world without tenants. */
export async function hasLedger(db: Queryable): Promise<boolean> {
  const { rowCount } = await db.query(`select from resource limit 1`);
  return rowCount === 1;
}
