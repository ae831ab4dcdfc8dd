import type { StorageSettings } from '../../../../config/regions';
import { dashName } from '../../../../contract/ids';
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
    // Policies name a user by its key id, and the server refuses a policy that names an unknown one.
    principal: (tenantId) => Promise.resolve(dashName(tenantId)),
    // Encryption, lifecycle and PublicAccessBlock answer 501 there.
    ownSettings: () => [],
    close: () => s3.destroy(),
  };
}
