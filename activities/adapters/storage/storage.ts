import { ListBucketsCommand } from '@aws-sdk/client-s3';
import type { RegionSettings } from '../../../config/regions';
import type { Check } from '../../check';
import type { Classify } from '../../failures';
import type { ResourceKind, ResourceSecrets } from '../../kind';
import type { AccessKeySpec } from './access-key';
import { awsAccessKeyKind } from './aws/access-key';
import { awsStore } from './aws/store';
import { bucketKind } from './bucket';
import type { BucketSpec } from './bucket-settings';
import type { StorageCapabilities } from './capabilities';
import { classifyStorage } from './classify';
import { prepareProbe } from './probe';
import { locateBuckets } from './residency';
import type { Store, StoreOf } from './store';
import { tendBucket, type BucketTended, type BucketTending } from './tend';
import { vaultOf, type Vault } from './vault';
import { verifyStorage, type StorageVerification } from './verify';
import { versityAccessKeyKind } from './versity/access-key';
import { versityStore } from './versity/store';

/** The two kinds of one provider; the access key is made first and removed last. */
export interface StorageKinds {
  accessKey: ResourceKind<AccessKeySpec>;
  bucket: ResourceKind<BucketSpec>;
}

/** One region's object storage. */
export interface RegionStorage {
  readonly kinds: StorageKinds;
  readonly capabilities: StorageCapabilities;
  readonly vault: Vault;
  /** Resolves when the store answers the administrator; throws what the client throws. */
  ping(signal: AbortSignal): Promise<void>;
  /** Makes the region's vault, and its probe tenant, whose key is kept in `secrets`. Idempotent; one process at a time where keys are the provider's. */
  prepare(secrets: ResourceSecrets, signal: AbortSignal): Promise<void>;
  /** Retention and quota of a tenant's bucket, as far as the store does not see to them; see {@link tendBucket}. */
  tend(tending: BucketTending): Promise<BucketTended | undefined>;
  /** Tries a finished tenant's storage from outside. Throws only when there is no answer. */
  verify(verification: StorageVerification): Promise<Check[]>;
  /** Where the tenant's bucket and the vault lie, by the store's own word. */
  locate(tenant: { tenantId: string; signal: AbortSignal }): Promise<Check[]>;
}

/** Object storage of all regions this process serves. */
export interface Storage {
  /** Every kind of every provider in use; each finds its region's store by `context.region`. */
  readonly kinds: readonly (ResourceKind<AccessKeySpec> | ResourceKind<BucketSpec>)[];
  readonly classify: Classify;
  /** Throws when there is no such region. */
  forRegion(region: string): RegionStorage;
  /** Closes all connections. */
  close(): void;
}

/** Builds object storage from the regions' settings. Nothing is contacted yet; throws when a region's storage is not completely configured. */
export function createStorage(regions: RegionSettings[]): Storage {
  const versity = storesOf(regions, 'versity', versityStore);
  const aws = storesOf(regions, 'aws', awsStore);
  const kinds: Record<Store['settings']['provider'], StorageKinds> = {
    versity: {
      accessKey: listedIn(versity.all, versityAccessKeyKind(versity.of)),
      bucket: listedIn(versity.all, bucketKind('versity', versity.of)),
    },
    aws: {
      accessKey: listedIn(aws.all, awsAccessKeyKind(aws.of)),
      bucket: listedIn(aws.all, bucketKind('aws', aws.of)),
    },
  };
  const stores = new Map<string, Store>([...versity.all, ...aws.all]);
  const used = new Set([...stores.values()].map((store) => store.settings.provider));

  return {
    kinds: [...used].flatMap((provider) => [kinds[provider].accessKey, kinds[provider].bucket]),
    classify: classifyStorage,
    forRegion(region) {
      const store = stores.get(region);
      if (store === undefined) throw new Error(unknown(region, 'object storage'));
      const own = kinds[store.settings.provider];
      const vault = vaultOf(store);
      return {
        kinds: own,
        capabilities: store.capabilities,
        ping: async (signal) => {
          await store.s3.send(new ListBucketsCommand({ MaxBuckets: 1 }), { abortSignal: signal });
        },
        vault,
        async prepare(secrets, signal) {
          await vault.prepare(signal);
          await prepareProbe(store, own, secrets, signal);
        },
        tend: (tending) => tendBucket(store, tending),
        verify: (verification) => verifyStorage(store, verification),
        locate: (tenant) => locateBuckets(store, { ...tenant, vault: vault.bucket }),
      };
    },
    close() {
      for (const store of stores.values()) store.close();
    },
  };
}

function storesOf<S extends Store>(
  regions: RegionSettings[],
  provider: Store['settings']['provider'],
  make: (region: string, settings: RegionSettings['storage']) => S,
): { all: Map<string, S>; of: StoreOf<S> } {
  const all = new Map(
    regions
      .filter((region) => region.storage.provider === provider)
      .map((region) => [region.name, make(region.name, region.storage)] as const),
  );
  return {
    all,
    of(region) {
      const store = all.get(region);
      if (store === undefined) throw new Error(unknown(region, provider));
      return store;
    },
  };
}

/** The kind, with nothing to list in regions that have another provider. */
function listedIn<Spec>(stores: Map<string, Store>, kind: ResourceKind<Spec>): ResourceKind<Spec> {
  return {
    ...kind,
    async *list(region, signal) {
      if (stores.has(region)) yield* kind.list(region, signal);
    },
  };
}

function unknown(region: string, what: string): string {
  return `Region ${region} has no ${what} in the regions file of this process.`;
}
