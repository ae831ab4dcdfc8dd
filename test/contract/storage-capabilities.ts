import {
  DeleteBucketCorsCommand,
  DeleteBucketPolicyCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  STORAGE_CAPABILITIES,
  type CapabilityState,
  type StorageCapability,
} from '../../activities/adapters/storage/capabilities';
import type { RegionStorage } from '../../activities/adapters/storage/storage';
import { BUCKET_SPEC, tenantStorage } from './storage-fixture';

type Tenant = Awaited<ReturnType<typeof tenantStorage>>;

/** What the suites need of a store. */
export interface StoreUnderTest {
  region: RegionStorage;
  /** An administrator's client of its own. */
  s3: S3Client;
  /** The region's name. */
  name: string;
  /** A key of the key management beside the store. */
  kmsKey: string;
}

/** What is looked at: a tenant's finished storage. */
interface Sight extends StoreUnderTest {
  tenant: Tenant;
  Bucket: string;
}

type State = CapabilityState['state'];

/** A key as it is named. It does not exist, so nothing can be written under it. */
export const KMS_KEY = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';

/** Row by row what the adapter's table says, against what the store is seen to do. The table of the documents is made from the same rows. */
export function describeCapabilities(where: string, make: () => StoreUnderTest): void {
  describe(`what ${where} is said to do it is seen to do`, () => {
    test.each(STORAGE_CAPABILITIES)('%s', async (capability) => {
      const store = make();
      const { region, name } = store;
      const tenant = await tenantStorage(region.kinds, name);
      try {
        const seen = await SEEN[capability]({ ...store, tenant, Bucket: tenant.bucket.name });
        expect(seen).toBe(region.capabilities[capability].state);
      } finally {
        await tenant.remove();
      }
    });
  });
}

const SEEN: Record<StorageCapability, (sight: Sight) => Promise<State>> = {
  policy: async ({ s3, Bucket }) => {
    const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    return doneIf(Policy?.includes(Bucket));
  },

  publicAccessBlock: async ({ s3, Bucket }) => {
    const block = await unlessAbsent(s3.send(new GetPublicAccessBlockCommand({ Bucket })));
    if (block) return doneIf(Object.values(block.PublicAccessBlockConfiguration ?? {}).every(Boolean));
    // Nobody is let in by the policy but one user; that strangers are refused is what the finished tenant is checked for.
    const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    return Policy?.includes('"*"') ? 'impossible' : 'enforced-otherwise';
  },

  tagging: async ({ s3, Bucket, tenant }) => {
    const { TagSet = [] } = await s3.send(new GetBucketTaggingCommand({ Bucket }));
    return doneIf(TagSet.some(({ Key, Value }) => Key === 'tenantId' && Value === tenant.tenantId));
  },

  versioning: async ({ s3, Bucket }) => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '1' }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '2' }));
    const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
    return doneIf(Status === 'Enabled' && (await versionsIn(s3, Bucket)) === 2);
  },

  lifecycle: async ({ region, s3, Bucket, tenant }) => {
    const rules = await unlessAbsent(s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })));
    const days = rules?.Rules?.map((rule) => rule.NoncurrentVersionExpiration?.NoncurrentDays);
    if (days?.includes(BUCKET_SPEC.retentionDays)) return 'done';
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '1' }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '2' }));
    const now = new Date(Date.now() + 31 * 86_400_000);
    await region.tend({ ...tending(tenant), ...BUCKET_SPEC, now });
    return (await versionsIn(s3, Bucket)) === 1 ? 'enforced-otherwise' : 'impossible';
  },

  quota: async ({ region, s3, Bucket, tenant }) => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '12345' }));
    await region.tend({ ...tending(tenant), quotaBytes: 4 });
    const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    return Policy?.includes('s3:PutObject') ? 'impossible' : 'enforced-otherwise';
  },

  cors: async ({ s3, Bucket }) => {
    const { CORSRules = [] } = await s3.send(new GetBucketCorsCommand({ Bucket }));
    return doneIf(CORSRules[0]?.AllowedOrigins?.join() === BUCKET_SPEC.corsOrigins.join());
  },

  defaultEncryption: async ({ s3, Bucket }) => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '1' }));
    return doneIf((await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).ServerSideEncryption === 'AES256');
  },

  encryptionUnderTenantKey: async ({ region, s3, name, kmsKey }) => {
    const tenant = await unlessAbsent(tenantStorage(region.kinds, name, { kmsKeyArn: kmsKey }));
    if (!tenant) return 'impossible';
    const Bucket = tenant.bucket.name;
    await withoutPolicy(s3, Bucket);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '1' }));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }));
    await tenant.remove();
    return doneIf(head.ServerSideEncryption === 'aws:kms' && head.SSEKMSKeyId === kmsKey);
  },

  accessLogging: async ({ region, s3, Bucket }) => {
    const answer = await unlessAbsent(s3.send(new GetBucketLoggingCommand({ Bucket })));
    const { TargetBucket, TargetPrefix } = answer?.LoggingEnabled ?? {};
    return doneIf(TargetBucket === region.vault.bucket && TargetPrefix === 'logs/');
  },

  objectLock: async ({ s3, Bucket }) => {
    const answer = await unlessAbsent(s3.send(new GetObjectLockConfigurationCommand({ Bucket })));
    return doneIf(answer?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled');
  },
};

/** A setting of a tenant's bucket that somebody undoes. */
type Undoing = [setting: string, undo: (s3: S3Client, Bucket: string) => Promise<unknown>];

/** Undoings that every store knows; a provider's test adds its own. */
export const UNDOINGS: Undoing[] = [
  ['tags', (s3, Bucket) => s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: OTHER_TAGS } }))],
  [
    'versioning',
    (s3, Bucket) =>
      s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } })),
  ],
  ['cross-origin rules', (s3, Bucket) => s3.send(new DeleteBucketCorsCommand({ Bucket }))],
];

const OTHER_TAGS = [{ Key: 'managed-by', Value: 'somebody-else' }];

/** No setting of a bucket can go unnoticed: each one that is undone makes it half-made, and creating it again mends it. */
export function describeUndoings(
  where: string,
  make: () => StoreUnderTest,
  undoings: Undoing[],
  spec: Parameters<typeof tenantStorage>[2] = {},
): void {
  describe(`a setting of a bucket on ${where} that is undone is noticed`, () => {
    test.each(undoings)('%s', async (setting, undo) => {
      const { region, s3, name } = make();
      const { bucket: kind } = region.kinds;
      const tenant = await tenantStorage(region.kinds, name, spec);
      expect((await kind.find(tenant.bucket)).state).toBe('present');
      await undo(s3, tenant.bucket.name);
      expect((await kind.find(tenant.bucket)).state).toBe(setting === 'tags' ? 'foreign' : 'partial');
      if (setting === 'tags') {
        const TagSet = [
          { Key: 'managed-by', Value: 'tenant-provisioner' },
          { Key: 'tenantId', Value: tenant.tenantId },
        ];
        await s3.send(new PutBucketTaggingCommand({ Bucket: tenant.bucket.name, Tagging: { TagSet } }));
      } else await kind.create(tenant.bucket);
      expect((await kind.find(tenant.bucket)).state).toBe('present');
      await tenant.remove();
    });
  });
}

/** Moto overlooks the conditions of a policy, and so refuses every write where AWS refuses those under another key. */
export async function withoutPolicy(s3: S3Client, Bucket: string): Promise<void> {
  await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
}

function tending(tenant: Tenant) {
  const { tenantId } = tenant;
  return { tenantId, expire: true, now: new Date(), signal: AbortSignal.timeout(60_000) };
}

async function versionsIn(s3: S3Client, Bucket: string): Promise<number> {
  return (await s3.send(new ListObjectVersionsCommand({ Bucket }))).Versions?.length ?? 0;
}

function doneIf(seen: boolean | undefined): State {
  return seen ? 'done' : 'impossible';
}

/** A store without the function says so in one way or another; that it is not there is an answer. */
async function unlessAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    const { name, type } = error as { name: string; type?: string };
    const absent = ['NotImplemented', 'ObjectLockConfigurationNotFoundError', 'NoSuchLifecycleConfiguration'];
    if (absent.includes(name) || type === 'ProviderRefused') return undefined;
    throw error;
  }
}
