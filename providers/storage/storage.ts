import { ListBucketsCommand } from '@aws-sdk/client-s3';
import type { RegionSettings } from '../../config/regions';
import type { Check } from '../port/check';
import type { Classify } from '../port/failures';
import type { ResourceKind, ResourceSecrets } from '../port/kind';
import type { AccessKeySpec } from './access-key';
import { awsAccessKeyKind } from './aws/access-key';
import { awsStore } from './aws/store';
import { bucketKind } from './bucket/bucket';
import type { BucketSpec } from './bucket/bucket-settings';
import type { StorageCapabilities } from '../../contract/orders/storage-capabilities';
import { classifyStorage } from './classify';
import { tenantObjects, type TenantObjects } from './objects/current';
import { prepareProbe } from './probe';
import { locateBuckets } from './residency';
import type { Store, StoreOf } from './store';
import { maintainBucket, type BucketUpkeepResult, type BucketUpkeep } from './objects/upkeep';
import { backupsKind } from './vault/backups';
import { vaultOf, type Vault } from './vault/vault';
import { verifyStorage, type StorageVerification } from './verify';
import { versityAccessKeyKind } from './versity/access-key';
import { versityStore } from './versity/store';

/** A provider's kinds. The access key is made first and removed last; backups are only removed. */
export interface StorageKinds {
  accessKey: ResourceKind<AccessKeySpec>;
  bucket: ResourceKind<BucketSpec>;
  backups: ResourceKind<Record<string, never>>;
}

/** One region's object storage. */
export interface RegionStorage {
  readonly kinds: StorageKinds;
  readonly capabilities: StorageCapabilities;
  readonly vault: Vault;
  readonly objects: TenantObjects;
  /** Resolves when the store has answered the administrator; throws the client's errors. */
  ping(signal: AbortSignal): Promise<void>;
  /**
   * Makes the region's vault and its probe tenant, whose key is kept in `secrets`. Idempotent. If the provider generates the keys (AWS),
   * run it in only one process at a time.
   */
  prepare(secrets: ResourceSecrets, signal: AbortSignal): Promise<void>;
  /** Enforces the parts of a bucket's retention and quota that the store itself does not; see {@link maintainBucket}. */
  maintain(upkeep: BucketUpkeep): Promise<BucketUpkeepResult | undefined>;
  /** Checks a finished tenant's storage from outside. Throws only if the store gives no answer; see {@link verifyStorage}. */
  verify(verification: StorageVerification): Promise<Check[]>;
  /** Checks the locations that the store reports for the tenant's bucket and the vault. */
  locate(tenant: { tenantId: string; signal: AbortSignal }): Promise<Check[]>;
}

/** Object storage of all regions this process serves. */
export interface Storage {
  /** Every kind of every provider in use. Each kind selects the store by `context.region`. */
  readonly kinds: readonly StorageKinds[keyof StorageKinds][];
  readonly classify: Classify;
  /** Throws if the region has no object storage in the regions file of this process. */
  forRegion(region: string): RegionStorage;
  /** Closes all connections. */
  close(): void;
}

/** Builds object storage from the regions' settings, without contacting a store. Throws if a region's storage settings are incomplete. */
export function createStorage(regions: RegionSettings[]): Storage {
  const versity = storesOf(regions, 'versity', versityStore);
  const aws = storesOf(regions, 'aws', awsStore);
  const kinds: Record<Store['settings']['provider'], StorageKinds> = {
    versity: {
      accessKey: listedIn(versity.all, versityAccessKeyKind(versity.of)),
      bucket: listedIn(versity.all, bucketKind('versity', versity.of)),
      backups: backupsKind('versity', versity.of),
    },
    aws: {
      accessKey: listedIn(aws.all, awsAccessKeyKind(aws.of)),
      bucket: listedIn(aws.all, bucketKind('aws', aws.of)),
      backups: backupsKind('aws', aws.of),
    },
  };
  const stores = new Map<string, Store>([...versity.all, ...aws.all]);
  const used = new Set([...stores.values()].map((store) => store.settings.provider));

  return {
    kinds: [...used].flatMap((provider) => [
      kinds[provider].accessKey,
      kinds[provider].bucket,
      kinds[provider].backups,
    ]),
    classify: classifyStorage,
    forRegion(region) {
      const store = stores.get(region);
      if (store === undefined) throw new Error(noStoreMessage(region, 'object storage'));
      const own = kinds[store.settings.provider];
      const vault = vaultOf(store);
      return {
        kinds: own,
        capabilities: store.capabilities,
        ping: async (signal) => {
          await store.s3.send(new ListBucketsCommand({ MaxBuckets: 1 }), { abortSignal: signal });
        },
        vault,
        objects: tenantObjects(store),
        async prepare(secrets, signal) {
          await vault.prepare(signal);
          await prepareProbe(store, own, secrets, signal);
        },
        maintain: (upkeep) => maintainBucket(store, upkeep),
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
      if (store === undefined) throw new Error(noStoreMessage(region, `${provider} store`));
      return store;
    },
  };
}

/** The kind with a `list` that is empty for regions of other providers. */
function listedIn<Spec>(stores: Map<string, Store>, kind: ResourceKind<Spec>): ResourceKind<Spec> {
  return {
    ...kind,
    async *list(region, signal) {
      if (stores.has(region)) yield* kind.list(region, signal);
    },
  };
}

function noStoreMessage(region: string, what: string): string {
  return `Region ${region} has no ${what} configured in the regions file of this process. Add it there, or use a worker that serves the region.`;
}
