import { maybeOne, type Queryable } from '../database';

/** What the registry knows of the removal of a tenant. */
export interface Removal {
  tenantId: string;
  /** The announced date; null before it was announced. */
  removalAt: Date | null;
  /** Whether that date has come, by the registry's clock. */
  due: boolean;
  /** Whether the removal is past its pivot. */
  begun: boolean;
}

/** The removal of this operation; undefined if there is no such operation. */
export async function findRemoval(db: Queryable, operationId: string): Promise<Removal | undefined> {
  return maybeOne<Removal>(
    db,
    `select tenant_id as "tenantId", removal_at as "removalAt", coalesce(removal_at <= clock_timestamp(), false) as due,
       kind = 'deprovision' and pivot_at is not null as begun
     from operation where operation_id = $1`,
    [operationId],
  );
}

/** Records when the tenant of this operation is to be removed, unless that was recorded before. Resolves with the date that stands. */
export async function announceRemoval(
  db: Queryable,
  operationId: string,
  graceSeconds: number,
): Promise<Date | undefined> {
  const row = await maybeOne<{ removalAt: Date }>(
    db,
    `update operation set removal_at = coalesce(removal_at, date_trunc('milliseconds', now()) + make_interval(secs => $2)), updated_at = now()
     where operation_id = $1 returning removal_at as "removalAt"`,
    [operationId, graceSeconds],
  );
  return row?.removalAt;
}
