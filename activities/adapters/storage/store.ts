import type { S3Client } from '@aws-sdk/client-s3';
import type { StorageSettings } from '../../../config/regions';
import type { ResourceContext } from '../../kind';
import type { BucketSetting, BucketSpec } from './bucket-settings';
import type { StorageCapabilities } from './capabilities';

/** One region's object store, with the administrator's client. */
export interface Store {
  readonly region: string;
  readonly settings: StorageSettings;
  readonly s3: S3Client;
  readonly capabilities: StorageCapabilities;
  /** Whether a new key or policy may take seconds to be known on every server of the store. */
  readonly eventuallyConsistent: boolean;
  /** How bucket policies name the tenant's user; undefined when there is no such user. */
  principal(tenantId: string, signal: AbortSignal): Promise<string | undefined>;
  /** Settings of a bucket only this provider has. */
  ownSettings(context: ResourceContext<BucketSpec>): BucketSetting[];
  close(): void;
}

/** The store of a region. Throws when this process has none of this provider there. */
export type StoreOf<S extends Store = Store> = (region: string) => S;
