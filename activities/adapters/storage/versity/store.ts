import type { StorageSettings } from '../../../../config/regions';
import { dashName } from '../../../../contract/ids';
import { failure } from '../../../failures';
import { s3Client } from '../s3-client';
import type { Store } from '../store';
import { VERSITY_CAPABILITIES } from './capabilities';
import { versityUsers, type VersityUsers } from './users';

/** A region's Versity S3 Gateway. */
export interface VersityStore extends Store {
  readonly users: VersityUsers;
}

/** The store of a region whose settings say `versity`. Throws when its addresses are not complete. */
export function versityStore(region: string, settings: StorageSettings): VersityStore {
  const s3 = s3Client(settings);
  return {
    region,
    settings,
    s3,
    users: versityUsers(settings),
    capabilities: VERSITY_CAPABILITIES,
    eventuallyConsistent: false,
    // The server does not look at `Condition` (auth/bucket_policy.go of version 1.7.0).
    conditions: false,
    listsByFolder: true,
    // Policies name a user by its key id, and the server refuses a policy that names an unknown one.
    principal: (tenantId) => Promise.resolve(dashName(tenantId)),
    ownSettings: ({ name, spec }) => {
      // Encryption, lifecycle, logging and PublicAccessBlock answer 501 there. Step 1 has refused who needs a key of his own.
      if (spec.kmsKeyArn === undefined) return [];
      throw failure('ProviderRefused', `Bucket ${name}: Versity S3 Gateway cannot encrypt under a key.`);
    },
    prepareVault: () => Promise.resolve(),
    close: () => s3.destroy(),
  };
}
