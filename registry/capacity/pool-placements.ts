import { maybeOne, type Queryable } from '../database';

/** A pooled tenant's placement on a cell of the application, with its quota. */
export interface PoolPlacement {
  tenantId: string;
  region: string;
  cell: string;
  cpuMillis: number;
  memoryMb: number;
}

/** `open`: everything. `read-only`: requests that only read, and no jobs. `closed`: nothing. */
export type PoolAccess = 'open' | 'read-only' | 'closed';

/** Places a tenant; a tenant that is already placed stays where it is. */
export async function placeInPool(db: Queryable, placement: PoolPlacement): Promise<void> {
  const { tenantId, region, cell, cpuMillis, memoryMb } = placement;
  await db.query(
    `insert into pool_placement (tenant_id, region, cell, cpu_millis, memory_mb) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id) do nothing`,
    [tenantId, region, cell, cpuMillis, memoryMb],
  );
}

/** A tenant's placement, or undefined. */
export async function findPoolPlacement(db: Queryable, tenantId: string): Promise<PoolPlacement | undefined> {
  return maybeOne<PoolPlacement>(
    db,
    `select tenant_id as "tenantId", region, cell, cpu_millis as "cpuMillis", memory_mb as "memoryMb"
     from pool_placement where tenant_id = $1`,
    [tenantId],
  );
}

/** What the application's scheduler may do for a tenant; undefined if the tenant is not placed. */
export async function findPoolAccess(db: Queryable, tenantId: string): Promise<PoolAccess | undefined> {
  const row = await maybeOne<{ access: PoolAccess }>(db, `select access from pool_placement where tenant_id = $1`, [
    tenantId,
  ]);
  return row?.access;
}

/** Tells the application's scheduler what it may do for a tenant. False if the tenant is not placed. */
export async function setPoolAccess(db: Queryable, tenantId: string, access: PoolAccess): Promise<boolean> {
  const { rowCount } = await db.query(`update pool_placement set access = $2 where tenant_id = $1`, [tenantId, access]);
  return rowCount === 1;
}

/** Takes a tenant off its cell. */
export async function removeFromPool(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`delete from pool_placement where tenant_id = $1`, [tenantId]);
}

/** Ids of the tenants placed in a region. */
export async function listPoolPlacements(db: Queryable, region: string): Promise<string[]> {
  const { rows } = await db.query<{ tenant_id: string }>(
    `select tenant_id from pool_placement where region = $1 order by tenant_id`,
    [region],
  );
  return rows.map((row) => row.tenant_id);
}
