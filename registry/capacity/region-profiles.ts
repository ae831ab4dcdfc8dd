import type pg from 'pg';
import type { RegionProfile } from '../../templates/placement/region-profile';
import { transaction, type Queryable } from '../database';

/** Registers what decides whether each region can serve an order. Each call replaces the previous one. */
export async function registerRegionProfiles(pool: pg.Pool, profiles: readonly RegionProfile[]): Promise<void> {
  await transaction(pool, async (client) => {
    // Without the lock, workers that start together would deadlock on each other's rows.
    await client.query(`lock table region_profile in share row exclusive mode`);
    await client.query(`delete from region_profile`);
    for (const [position, profile] of profiles.entries())
      await client.query(`insert into region_profile (region, position, profile) values ($1, $2, $3)`, [
        profile.region,
        position,
        JSON.stringify(profile),
      ]);
  });
}

/** The regions in the order in which they are tried; empty until a worker has registered them. */
export async function listRegionProfiles(db: Queryable): Promise<RegionProfile[]> {
  const { rows } = await db.query<{ profile: RegionProfile }>(`select profile from region_profile order by position`);
  return rows.map(({ profile }) => profile);
}
