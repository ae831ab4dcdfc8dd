import type pg from 'pg';
import { maybeOne, transaction, type Queryable } from '../database';

/** What a reservation is for. */
export type ReservationKind = 'database' | 'storage' | 'compute' | 'network';

/** The cell of each kind that a tenant was placed in; for `network`, its host name. */
export type Placement = Record<ReservationKind, string>;

/** A cell that was considered for a tenant, and the units that were free there before the tenant was placed. */
export interface Candidate {
  cell: string;
  capacity: number;
  free: number;
}

/** Why a tenant got its cell: of the candidates with enough room, it had the most free units; among equals, the first name wins. */
export interface PlacementReason {
  cell: string;
  units: number;
  candidates: Candidate[];
}

/** A cell and its capacity: tenants for databases, buckets for storage, milli-CPU for compute. */
export interface Cell {
  region: string;
  kind: Exclude<ReservationKind, 'network'>;
  cell: string;
  capacity: number;
}

/** Units that a tenant needs of each kind, and the compute cells that qualify. */
export interface Demand {
  tenantId: string;
  region: string;
  units: { database: number; storage: number; compute: number };
  computeCells: string[];
  hostname: string;
}

/** Registers the cells of the regions file; units already in use stay in use. */
export async function registerCells(db: Queryable, cells: Cell[]): Promise<void> {
  for (const { region, kind, cell, capacity } of cells)
    await db.query(
      `insert into cell (region, kind, cell, capacity) values ($1, $2, $3, $4)
       on conflict (region, kind, cell) do update set capacity = excluded.capacity where cell.capacity <> excluded.capacity`,
      [region, kind, cell, capacity],
    );
}

/** A cell with what is taken of it. */
export interface CellUse extends Cell {
  used: number;
}

/** Every cell that a worker has registered, sorted by region, kind and name. */
export async function listCells(db: Queryable): Promise<CellUse[]> {
  const { rows } = await db.query<CellUse>(
    `select region, kind, cell, capacity::float8 as capacity, used::float8 as used from cell order by region, kind, cell`,
  );
  return rows;
}

/** Kinds for which no cell has enough free units; empty if the demand could be met now. */
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

/** Where a demand would be placed now, and why; without the kinds for which no cell has enough free units. Reserves nothing. */
export async function previewPlacement(
  db: Queryable,
  { region, units, computeCells }: Omit<Demand, 'hostname' | 'tenantId'>,
): Promise<{ cells: Partial<Record<Cell['kind'], PlacementReason>>; candidates: Record<Cell['kind'], Candidate[]> }> {
  const { rows } = await db.query<Candidate & { kind: Cell['kind'] }>(
    `select kind, cell, capacity::float8 as capacity, (capacity - used)::float8 as free from cell
     where region = $1 and (kind <> 'compute' or cell = any($2)) order by free desc, cell`,
    [region, computeCells],
  );
  const candidatesOf = (kind: Cell['kind']): Candidate[] =>
    rows.filter((row) => row.kind === kind).map(({ cell, capacity, free }) => ({ cell, capacity, free }));
  const candidates = {
    database: candidatesOf('database'),
    storage: candidatesOf('storage'),
    compute: candidatesOf('compute'),
  };
  const cells = (['database', 'storage', 'compute'] as const).flatMap((kind) => {
    const [roomiest] = candidates[kind];
    if (!roomiest || roomiest.free < units[kind]) return [];
    return [[kind, { cell: roomiest.cell, units: units[kind], candidates: candidates[kind] }] as const];
  });
  return { cells: Object.fromEntries(cells), candidates };
}

/**
 * Reserves everything of a demand, or nothing: call it in a transaction and roll back if `missing` is not empty. Orders of a region are
 * served one after another, because row locks alone would deadlock when two orders find each other's first choice full.
 */
export async function reserve(db: Queryable, demand: Demand): Promise<{ missing: string[] }> {
  await lockRegion(db, demand.region);
  const missing: string[] = [];
  for (const kind of ['database', 'storage', 'compute'] as const) {
    if (!(await takeRoomiest(db, demand, kind))) missing.push(kind);
  }
  if (missing.length === 0)
    await db.query(`insert into reservation (tenant_id, kind, region, cell, units) values ($1, 'network', $2, $3, 1)`, [
      demand.tenantId,
      demand.region,
      demand.hostname,
    ]);
  return { missing };
}

async function lockRegion(db: Queryable, region: string): Promise<void> {
  await db.query(`select pg_advisory_xact_lock(hashtextextended('capacity:' || $1, 0))`, [region]);
}

/** Takes units from the cell with the most free ones, and records the candidates. False if none has enough. */
async function takeRoomiest(db: Queryable, demand: Demand, kind: Cell['kind']): Promise<boolean> {
  const { tenantId, region, units, computeCells } = demand;
  const { rowCount } = await db.query(
    `with candidate as materialized (
       select cell, capacity, capacity - used as free from cell
       where region = $2 and kind = $3 and ($5::text[] is null or cell = any($5))),
     chosen as (select cell from candidate where free >= $4 order by free desc, cell limit 1),
     taken as (
       update cell c set used = used + $4 from chosen where c.region = $2 and c.kind = $3 and c.cell = chosen.cell returning c.cell)
     insert into reservation (tenant_id, kind, region, cell, units, candidates)
     select $1, $3, $2, cell, $4, (
       select jsonb_agg(jsonb_build_object('cell', cell, 'capacity', capacity, 'free', free) order by free desc, cell) from candidate)
     from taken`,
    [tenantId, region, kind, units[kind], kind === 'compute' ? computeCells : null],
  );
  return rowCount === 1;
}

/** What a tenant has reserved, or undefined if it has reserved nothing. */
export async function findPlacement(db: Queryable, tenantId: string): Promise<Placement | undefined> {
  const { rows } = await db.query<{ kind: ReservationKind; cell: string }>(
    `select kind, cell from reservation where tenant_id = $1`,
    [tenantId],
  );
  if (rows.length === 0) return undefined;
  return Object.fromEntries(rows.map(({ kind, cell }) => [kind, cell])) as Placement;
}

/** Why each of a tenant's cells was chosen; kinds that offer no choice are left out. */
export async function findPlacementReasons(
  db: Queryable,
  tenantId: string,
): Promise<Partial<Record<ReservationKind, PlacementReason>>> {
  const { rows } = await db.query<PlacementReason & { kind: ReservationKind }>(
    `select kind, cell, units::float8 as units, candidates from reservation
     where tenant_id = $1 and candidates <> '[]' order by kind`,
    [tenantId],
  );
  return Object.fromEntries(rows.map(({ kind, ...reason }) => [kind, reason]));
}

/** Releases everything that a tenant has reserved; repeating it changes nothing. */
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

/** Ids of the tenants with a reservation in a region. */
export async function listReservations(db: Queryable, region: string): Promise<string[]> {
  const { rows } = await db.query<{ tenant_id: string }>(
    `select distinct tenant_id from reservation where region = $1 order by tenant_id`,
    [region],
  );
  return rows.map((row) => row.tenant_id);
}
