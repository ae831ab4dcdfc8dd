import type { RegionSettings } from '../../../../config/regions';
import type { Endpoints } from '../../../../stack/types';

/** A region's settings with this storage; its database and compute are there for the types only and lead nowhere. */
export function storageRegion(name: string, storage: RegionSettings['storage']): RegionSettings {
  return {
    name,
    jurisdiction: name.startsWith('eu') ? 'EU' : 'US',
    database: {
      cells: [{ name: 'none', url: 'postgres://127.0.0.1:1/none', capacity: 1, maxConnections: 1 }],
    },
    storage,
    compute: { pool: [] },
  };
}

/** The stack's object stores as regions. */
export function versityRegions(endpoints: Endpoints): RegionSettings[] {
  return Object.entries(endpoints.s3 ?? {}).map(([name, store]) =>
    storageRegion(name, { provider: 'versity', name: `${name}-objects`, ...store, capacity: 100 }),
  );
}
