import { maybeOne, type Queryable } from '../database';
import { COLUMNS } from '../ledger/ledger';
import type { Remain } from './remains';

/** What the registry knows of a removal. */
export interface RemovalFacts {
  tenantId: string;
  plan: string;
  region: string | null;
  residency: string | null;
  caller: string;
  requestedAt: Date;
  reason: string | null;
  /** Null if no announcement was recorded. */
  announcedAt: Date | null;
  /** The date that was announced. */
  removalAt: Date | null;
  /** From then on the run only went forward. */
  pivotAt: Date | null;
  nameKept: boolean;
  /** The time of the registry's clock. */
  now: Date;
}

/** The facts of an operation that removes a tenant; undefined if there is no such operation. */
export async function readRemovalFacts(db: Queryable, operationId: string): Promise<RemovalFacts | undefined> {
  return maybeOne<RemovalFacts>(
    db,
    `select operation.tenant_id as "tenantId", operation.plan, operation.region, operation.residency, operation.caller,
       operation.created_at as "requestedAt", operation.parameters ->> 'reason' as reason,
       operation.removal_at as "removalAt", operation.pivot_at as "pivotAt", tenant.name_kept as "nameKept", clock_timestamp() as now,
       (select max(ended_at) from step_event
        where step_event.operation_id = $1 and step = 'announce' and direction = 'forward' and error_type is null) as "announcedAt"
     from operation join tenant using (tenant_id) where operation.operation_id = $1`,
    [operationId],
  );
}

/** A leftover that an operator has taken over. Null members: the registry has no decision about it. */
export interface AcceptedRemain extends Remain {
  by: string | null;
  at: Date | null;
  reason: string | null;
}

/** Everything of a tenant that operators have accepted as leftovers, with the decisions. */
export async function listAccepted(db: Queryable, tenantId: string): Promise<AcceptedRemain[]> {
  const { rows } = await db.query<AcceptedRemain>(
    `select ${COLUMNS}, updated_at as since, decision.by, decision.at, decision.reason
     from resource left join lateral (
       select requested_by as by, taken_at as at, resolution.reason
       from resolution join operation using (operation_id)
         cross join jsonb_to_recordset(coalesce(resolution.leftovers, '[]')) as named (kind text, id text)
       where operation.tenant_id = $1 and verb = 'accept' and resolution.state = 'taken'
         and named.kind = resource.kind and named.id = coalesce(resource.external_id, resource.name)
       order by taken_at desc limit 1
     ) decision on true
     where resource.tenant_id = $1 and resource.state = 'accepted' order by resource_id`,
    [tenantId],
  );
  return rows;
}

/** The time of the registry's clock, by which answers of providers and removals are compared. */
export async function registryTime(db: Queryable): Promise<Date> {
  return (await maybeOne<{ now: Date }>(db, `select clock_timestamp() as now`))!.now;
}
