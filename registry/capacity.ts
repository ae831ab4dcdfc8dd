import type pg from 'pg';
import { maybeOne, transaction, type Queryable } from './database';

/** What a reservation holds. */
export type ReservationKind = 'database' | 'storage' | 'compute' | 'network';

/** The cell of each kind that a tenant got, and its host name (`network`). */
export type Placement = Record<ReservationKind, string>;

/** A cell and its capacity: tenants for databases, buckets for storage, milli-CPU for compute. */
export interface Cell {
  region: string;
  kind: Exclude<ReservationKind, 'network'>;
  cell: string;
  capacity: number;
}

/** Units asked of each kind of cell, and which compute cells qualify. */
export interface Demand {
  tenantId: string;
  region: string;
  units: { database: number; storage: number; compute: number };
  computeCells: string[];
  hostname: string;
}

/** Makes the cells of the regions file known; what they hold already is kept. */
export async function registerCells(db: Queryable, cells: Cell[]): Promise<void> {
  for (const { region, kind, cell, capacity } of cells)
    await db.query(
      `insert into cell (region, kind, cell, capacity) values ($1, $2, $3, $4)
       on conflict (region, kind, cell) do update set capacity = excluded.capacity where cell.capacity <> excluded.capacity`,
      [region, kind, cell, capacity],
    );
}

/** Which kinds have no cell with enough free units; empty when the demand could be met now. */
export async function missingCapacity(db: Queryable, demand: Omit<Demand, 'hostname' | 'tenantId'>): Promise<string[]> {
  const missing: string[] = [];
  for (const kind of ['database', 'storage', 'compute'] as const) {
    const row = await maybeOne(
      db,
      `select 1 from cell where region = $1 and kind = $2 and used + $3 <= capacity and ($4::text[] is null or cell = any($4)) limit 1`,
      [demand.region, kind, demand.units[kind], kind === 'compute' ? demand.computeCells : null],
    );
    if (!row) missing.push(kind);
  }
  return missing;
}

/**
 * Reserves everything of a demand, or nothing: call it in a transaction and roll back on a non-empty `missing`. The orders of a region are
 * served one after the other: row locks alone end in deadlock when two orders find each other's first choice full.
 */
export async function reserve(db: Queryable, demand: Demand): Promise<{ missing: string[] }> {
  await lockRegion(db, demand.region);
  const missing: string[] = [];
  for (const kind of ['database', 'storage', 'compute'] as const) {
    const units = demand.units[kind];
    const taken = await maybeOne<{ cell: string }>(
      db,
      `update cell set used = used + $3 where region = $1 and kind = $2 and cell = (
         select cell from cell
         where region = $1 and kind = $2 and used + $3 <= capacity and ($4::text[] is null or cell = any($4))
         order by capacity - used desc, cell limit 1)
       returning cell`,
      [demand.region, kind, units, kind === 'compute' ? demand.computeCells : null],
    );
    if (!taken) missing.push(kind);
    else await insertReservation(db, demand, kind, taken.cell, units);
  }
  if (missing.length === 0) await insertReservation(db, demand, 'network', demand.hostname, 1);
  return { missing };
}

async function lockRegion(db: Queryable, region: string): Promise<void> {
  await db.query(`select pg_advisory_xact_lock(hashtextextended('capacity:' || $1, 0))`, [region]);
}

async function insertReservation(
  db: Queryable,
  { tenantId, region }: Demand,
  kind: ReservationKind,
  cell: string,
  units: number,
): Promise<void> {
  await db.query(`insert into reservation (tenant_id, kind, region, cell, units) values ($1, $2, $3, $4, $5)`, [
    tenantId,
    kind,
    region,
    cell,
    units,
  ]);
}

/** What a tenant holds, or undefined when it holds nothing. */
export async function findPlacement(db: Queryable, tenantId: string): Promise<Placement | undefined> {
  const { rows } = await db.query<{ kind: ReservationKind; cell: string }>(
    `select kind, cell from reservation where tenant_id = $1`,
    [tenantId],
  );
  if (rows.length === 0) return undefined;
  return Object.fromEntries(rows.map(({ kind, cell }) => [kind, cell])) as Placement;
}

/** Gives back what a tenant holds, once: repeating it changes nothing. */
export async function releaseReservations(pool: pg.Pool, tenantId: string): Promise<void> {
  await transaction(pool, async (client) => {
    const held = await maybeOne<{ region: string }>(
      client,
      `select region from reservation where tenant_id = $1 limit 1`,
      [tenantId],
    );
    if (!held) return;
    await lockRegion(client, held.region);
    await client.query(
      `with released as (delete from reservation where tenant_id = $1 returning region, kind, cell, units)
       update cell set used = cell.used - released.units from released
       where cell.region = released.region and cell.kind = released.kind and cell.cell = released.cell`,
      [tenantId],
    );
  });
}

/** Every tenant that holds something in a region. */
export async function listReservations(db: Queryable, region: string): Promise<string[]> {
  const { rows } = await db.query<{ tenant_id: string }>(
    `select distinct tenant_id from reservation where region = $1 order by tenant_id`,
    [region],
  );
  return rows.map((row) => row.tenant_id);
}
