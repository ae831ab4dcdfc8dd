import { maybeOne, type Queryable } from './database';

/** A pooled tenant's place on a cell of the application, with its quota. */
export interface PoolPlacement {
  tenantId: string;
  region: string;
  cell: string;
  cpuMillis: number;
  memoryMb: number;
}

/** Places a tenant; placing it again changes nothing. */
export async function placeInPool(db: Queryable, placement: PoolPlacement): Promise<void> {
  const { tenantId, region, cell, cpuMillis, memoryMb } = placement;
  await db.query(
    `insert into pool_placement (tenant_id, region, cell, cpu_millis, memory_mb) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id) do nothing`,
    [tenantId, region, cell, cpuMillis, memoryMb],
  );
}

/** A tenant's place, or undefined. */
export async function findPoolPlacement(db: Queryable, tenantId: string): Promise<PoolPlacement | undefined> {
  return maybeOne<PoolPlacement>(
    db,
    `select tenant_id as "tenantId", region, cell, cpu_millis as "cpuMillis", memory_mb as "memoryMb"
     from pool_placement where tenant_id = $1`,
    [tenantId],
  );
}

/** Takes a tenant off its cell. */
export async function removeFromPool(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`delete from pool_placement where tenant_id = $1`, [tenantId]);
}

/** Every tenant placed in a region. */
export async function listPoolPlacements(db: Queryable, region: string): Promise<string[]> {
  const { rows } = await db.query<{ tenant_id: string }>(
    `select tenant_id from pool_placement where region = $1 order by tenant_id`,
    [region],
  );
  return rows.map((row) => row.tenant_id);
}
