import type { StorageSettings } from '../../../config/regions';
import { dashName } from '../../../contract/ids';
import { failure } from '../../port/failures';
import { s3Client } from '../s3-client';
import type { Store } from '../store';
import { VERSITY_CAPABILITIES } from './capabilities';
import { versityUsers, type VersityUsers } from './users';

/** A region's Versity S3 Gateway. */
export interface VersityStore extends Store {
  readonly users: VersityUsers;
}

/** The store of a region with provider `versity`. Throws if `endpoint` or `adminEndpoint` is missing. */
export function versityStore(region: string, settings: StorageSettings): VersityStore {
  const s3 = s3Client(settings);
  return {
    region,
    settings,
    s3,
    users: versityUsers(settings),
    capabilities: VERSITY_CAPABILITIES,
    eventuallyConsistent: false,
    // The server ignores `Condition` (auth/bucket_policy.go of version 1.7.0).
    conditions: false,
    listsByFolder: true,
    // Policies name a user by its key id; the server itself refuses a policy that names an unknown user.
    principal: (tenantId) => Promise.resolve(dashName(tenantId)),
    ownSettings: ({ name, spec }) => {
      // The server answers 501 to encryption, lifecycle, logging and PublicAccessBlock. Step 1 refuses orders that need their own key.
      if (spec.kmsKeyArn === undefined) return [];
      throw failure(
        'ProviderRefused',
        `Bucket ${name}: Versity S3 Gateway cannot encrypt objects under the tenant's key.`,
      );
    },
    prepareVault: () => Promise.resolve(),
    close: () => s3.destroy(),
  };
}
