import type { StorageCapabilities } from '../../contract/orders/storage-capabilities';
import type { Place } from '../check-place';
import type { ComputeTemplate } from '../template';

/** What decides whether a region can serve an order: taken from the regions file, and from what the region's providers can do. */
export interface RegionProfile extends Place {
  /** Jurisdictions, in addition to the region's own, that data of tenants without a residency may enter. */
  allowedJurisdictions: string[];
  /** Jurisdictions to which a database cell copies its data automatically. */
  standbys: { cell: string; to: string }[];
  /** The object store. */
  storage: {
    name: string;
    provider: string;
    capabilities: StorageCapabilities;
    /** Jurisdictions to which it copies its objects automatically. */
    copiesTo: string[];
  };
  /** Whether tenants can have a key of their own here. */
  hasOwnKeys: boolean;
  /** Whether tenants can have a namespace of their own here. */
  hasCluster: boolean;
  /** Days for which metrics and logs of tenants are kept here; absent where they have no place. */
  monitoringDays?: number | undefined;
  /** Names of the cells on which tenants run, by the model of their compute. */
  computeCells: Record<ComputeTemplate['model'], string[]>;
}
