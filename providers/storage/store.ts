import type { S3Client } from '@aws-sdk/client-s3';
import type { StorageSettings } from '../../config/regions';
import type { ResourceContext } from '../port/kind';
import type { BucketSetting, BucketSpec } from './bucket/bucket-settings';
import type { StorageCapabilities } from '../../contract/orders/storage-capabilities';

/** One region's object store, accessed as its administrator. */
export interface Store {
  readonly region: string;
  readonly settings: StorageSettings;
  readonly s3: S3Client;
  readonly capabilities: StorageCapabilities;
  /** Whether a new key or policy may take seconds to reach every server of the store. */
  readonly eventuallyConsistent: boolean;
  /** Whether the store evaluates the conditions of policies. If it ignores them, a conditional denial denies everybody. */
  readonly conditions: boolean;
  /** Whether versions are listed folder by folder, instead of in byte order of the whole key. */
  readonly listsByFolder: boolean;
  /** The tenant's user, as bucket policies name it; undefined if there is no such user. */
  principal(tenantId: string, signal: AbortSignal): Promise<string | undefined>;
  /** Bucket settings that only this provider has. */
  ownSettings(context: ResourceContext<BucketSpec>): BucketSetting[];
  /**
   * Stops what the store deletes from a bucket by itself, or lets it go on; does nothing if that is how it is. Absent in stores that delete
   * nothing by themselves.
   */
  pauseLifecycle?(bucket: string, paused: boolean, signal: AbortSignal): Promise<void>;
  /** Applies the provider-specific settings of a vault that exists. Safe to repeat. */
  prepareVault(bucket: string, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Returns the store of a region. Throws if this process has no store of this provider there. */
export type StoreOf<S extends Store = Store> = (region: string) => S;
