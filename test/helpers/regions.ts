import { STORAGE_CAPABILITIES, type StorageCapabilities } from '../../contract/orders/storage-capabilities';
import { registerCells } from '../../registry/capacity/capacity';
import { registerRegionProfiles } from '../../registry/capacity/region-profiles';
import { registerRegions } from '../../registry/capacity/regions';
import type { RegionProfile } from '../../templates/placement/region-profile';
import type { TestRegistry } from './registry';

/** A region with everything but key management and a cluster. */
export function regionProfile(
  region: string,
  jurisdiction: string,
  changes: Partial<RegionProfile> = {},
): RegionProfile {
  const capabilities = Object.fromEntries(
    STORAGE_CAPABILITIES.map((capability) => [capability, { state: 'done' }]),
  ) as StorageCapabilities;
  return {
    region,
    jurisdiction,
    allowedJurisdictions: [],
    standbys: [],
    storage: { name: `${region}-s3`, provider: 'versity', capabilities, copiesTo: [] },
    hasOwnKeys: false,
    hasCluster: false,
    computeCells: { pool: [`${region}-cell`], namespace: [] },
    ...changes,
  };
}

/** Registers regions with their cells, as a worker does. */
export async function registerProfiles({ pool }: TestRegistry, profiles: readonly RegionProfile[]): Promise<void> {
  await registerRegions(pool, profiles);
  for (const { region, storage } of profiles)
    await registerCells(pool, [
      { region, kind: 'database', cell: `${region}-db`, capacity: 10 },
      { region, kind: 'storage', cell: storage.name, capacity: 10 },
      { region, kind: 'compute', cell: `${region}-cell`, capacity: 10_000 },
    ]);
  await registerRegionProfiles(pool, profiles);
}
