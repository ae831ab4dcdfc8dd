import type pg from 'pg';
import type { Plan } from '../../contract/orders/order';
import { transaction, type Queryable } from '../database';
import type { KnownRegion } from './regions';

/** A plan that a region serves, the CPU that a tenant of the plan takes, and the compute cells that it may be placed in. */
export interface RegionPlan {
  region: string;
  plan: Plan;
  cpuMillis: number;
  computeCells: string[];
}

/** A region with the plans it serves. `places` is how many more tenants would fit now if only that plan were ordered. */
export interface RegionOffer extends KnownRegion {
  plans: { plan: Plan; places: number }[];
}

/** Registers which plans each region serves. Each call replaces the previous one: a plan that it leaves out is no longer served. */
export async function registerRegionPlans(pool: pg.Pool, plans: readonly RegionPlan[]): Promise<void> {
  await transaction(pool, async (client) => {
    // Without the lock, workers that start together would deadlock on each other's rows.
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

/** Every region that a worker has registered. A tenant takes one place in a database cell, one bucket, and its CPU on a single cell. */
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
