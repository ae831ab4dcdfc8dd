import type { RegionKeys } from '../../../config/regions';
import type { KeyRing } from '../../../contract/key-ring';
import type { KeyKeeper, WrappingKey } from '../../../contract/key-wrapping';
import type { Classify } from '../../failures';
import type { ResourceKind } from '../../kind';
import { createRingKeeper } from './key-ring';
import { classifyKms } from './kms/classify';
import { kmsRegions } from './kms/client';
import { createKmsKeeper } from './kms/keeper';
import { kmsKeyKind, type KmsKeySpec } from './kms/key';

/** Tenants' keys: who wraps them, and keys of the tenants' own where a region has them. */
export interface Keys extends KeyKeeper {
  /** A key of the tenant's own, in regions that {@link Keys.hasOwnKeys}. */
  readonly ownKey: ResourceKind<KmsKeySpec>;
  readonly classify: Classify;
  /** Whether a tenant of the region can have a key of its own. */
  hasOwnKeys(region: string): boolean;
  close(): void;
}

/** Builds the keeping of keys on the control plane's ring and the regions' settings. Nothing is contacted yet. */
export function createKeys(ring: KeyRing, regions: readonly RegionKeys[]): Keys {
  const ours = createRingKeeper(ring);
  const kms = kmsRegions(regions);
  const theirs = createKmsKeeper(kms);
  const of = (key: WrappingKey | undefined): KeyKeeper => (key?.provider === 'aws-kms' ? theirs : ours);
  return {
    wrap: (tenantId, dataKey, under) => of(under).wrap(tenantId, dataKey, under),
    unwrap: (tenantId, key) => of(key).unwrap(tenantId, key),
    renew: (key) => of(key).renew(key),
    scheduleDeletion: (key) => of(key).scheduleDeletion(key),
    ownKey: kmsKeyKind(kms),
    classify: classifyKms,
    hasOwnKeys: (region) => kms.has(region),
    close: () => kms.close(),
  };
}
