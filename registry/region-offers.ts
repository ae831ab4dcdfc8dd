import type pg from 'pg';
import type { Plan } from '../contract/order';
import { transaction, type Queryable } from './database';
import type { KnownRegion } from './places';

/** A plan that a region serves, and what a tenant of it takes of the compute cells. */
export interface RegionPlan {
  region: string;
  plan: Plan;
  cpuMillis: number;
  computeCells: string[];
}

/** A region with the plans it serves, and how many more tenants of each would find room there now, were they the only ones ordered. */
export interface RegionOffer extends KnownRegion {
  plans: { plan: Plan; places: number }[];
}

/** Makes known which plans each region serves; the newest statement holds, and what it leaves out is served no longer. */
export async function registerRegionPlans(pool: pg.Pool, plans: readonly RegionPlan[]): Promise<void> {
  await transaction(pool, async (client) => {
    // Workers that start together would else wait for each other's rows in a circle.
    await client.query(`lock table region_plan in share row exclusive mode`);
    await client.query(`delete from region_plan`);
    for (const { region, plan, cpuMillis, computeCells } of plans)
      await client.query(`insert into region_plan (region, plan, cpu_millis, compute_cells) values ($1, $2, $3, $4)`, [
        region,
        plan,
        cpuMillis,
        computeCells,
      ]);
  });
}

/** Every region that a worker has made known. A tenant takes one place of a database cell, one bucket, and its CPU on a single cell. */
export async function listRegionOffers(db: Queryable): Promise<RegionOffer[]> {
  const { rows } = await db.query<RegionOffer>(
    `select r.region, r.jurisdiction, coalesce(
       (select jsonb_agg(jsonb_build_object('plan', p.plan, 'places', room.places) order by p.cpu_millis, p.plan)
        from region_plan p cross join lateral (
          select least(
            coalesce(sum(greatest(capacity - used, 0)) filter (where kind = 'database'), 0),
            coalesce(sum(greatest(capacity - used, 0)) filter (where kind = 'storage'), 0),
            coalesce(sum(greatest(capacity - used, 0) / p.cpu_millis)
              filter (where kind = 'compute' and cell = any(p.compute_cells)), 0)) as places
          from cell where cell.region = p.region) room
        where p.region = r.region), '[]') as plans
     from region r order by r.region`,
  );
  return rows;
}
