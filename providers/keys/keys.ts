import type { RegionKeys } from '../../config/regions';
import type { KeyRing } from '../../contract/keys/key-ring';
import type { KeyKeeper, WrappingKey } from '../../contract/keys/key-wrapping';
import type { Classify } from '../port/failures';
import type { ResourceKind } from '../port/kind';
import { createRingKeeper } from './key-ring';
import { classifyKms } from './kms/classify';
import { kmsRegions } from './kms/client';
import { createKmsKeeper } from './kms/keeper';
import { kmsKeyKind, type KmsKeySpec } from './kms/key';

/** Wrapping of tenants' data keys, and tenants' own wrapping keys in regions that offer them. */
export interface Keys extends KeyKeeper {
  /** A tenant's own key, in regions for which {@link Keys.hasOwnKeys} is true. */
  readonly ownKey: ResourceKind<KmsKeySpec>;
  readonly classify: Classify;
  /** Whether tenants of the region can have a key of their own. */
  hasOwnKeys(region: string): boolean;
  close(): void;
}

/** Creates the adapter from the control plane's key ring and the regions' settings. It sends nothing before its first use. */
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
