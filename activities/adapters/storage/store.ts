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
  /** Whether a policy's conditions are read. Where they are overlooked, a conditional denial would be one for everybody. */
  readonly conditions: boolean;
  /** Whether lists of versions go folder by folder, instead of by the bytes of the whole key. */
  readonly listsByFolder: boolean;
  /** How bucket policies name the tenant's user; undefined when there is no such user. */
  principal(tenantId: string, signal: AbortSignal): Promise<string | undefined>;
  /** Settings of a bucket only this provider has. */
  ownSettings(context: ResourceContext<BucketSpec>): BucketSetting[];
  /** What a vault of this provider needs besides being there. Repeating it is harmless. */
  prepareVault(bucket: string, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** The store of a region. Throws when this process has none of this provider there. */
export type StoreOf<S extends Store = Store> = (region: string) => S;
