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
} from '../../../contract/orders/storage-capabilities';
import type { RegionStorage } from '../../../providers/storage/storage';
import { BUCKET_SPEC, tenantStorage } from './fixture';

type Tenant = Awaited<ReturnType<typeof tenantStorage>>;

/** What the suites need to test a store. */
export interface StoreUnderTest {
  region: RegionStorage;
  /** A separate client with an administrator's key. */
  s3: S3Client;
  /** The region's name. */
  name: string;
  /** A key in the key management beside the store. */
  kmsKey: string;
}

/** The finished storage of a tenant, for a look-up. */
interface Sight extends StoreUnderTest {
  tenant: Tenant;
  Bucket: string;
}

type State = CapabilityState['state'];

/** A well-formed key that does not exist, so that nothing can be written under it. */
export const KMS_KEY = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';

/**
 * Compares the adapter's capability table, row by row, with the behaviour of the store. The table in the documents is generated from the
 * same rows.
 */
export function describeCapabilities(where: string, make: () => StoreUnderTest): void {
  describe(`the capabilities of ${where} match its behaviour`, () => {
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
    // Only one user may appear in the policy; that strangers are refused is among the checks of a finished tenant.
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
    await region.maintain({ ...upkeep(tenant), ...BUCKET_SPEC, now });
    return (await versionsIn(s3, Bucket)) === 1 ? 'enforced-otherwise' : 'impossible';
  },

  quota: async ({ region, s3, Bucket, tenant }) => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '12345' }));
    await region.maintain({ ...upkeep(tenant), quotaBytes: 4 });
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

/** Removal of one setting of a tenant's bucket. */
type Undoing = [setting: string, undo: (s3: S3Client, Bucket: string) => Promise<unknown>];

/** Removals that apply to every store; a provider's test adds its own. */
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

/** Tests that no bucket setting can be lost unnoticed: each removal makes the bucket partial, and creating it again repairs it. */
export function describeUndoings(
  where: string,
  make: () => StoreUnderTest,
  undoings: Undoing[],
  spec: Parameters<typeof tenantStorage>[2] = {},
): void {
  describe(`a lost setting of a bucket on ${where} is noticed`, () => {
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

/** Moto ignores the conditions of a policy, and therefore refuses every write where AWS refuses only writes under another key. */
export async function withoutPolicy(s3: S3Client, Bucket: string): Promise<void> {
  await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
}

function upkeep(tenant: Tenant) {
  const { tenantId } = tenant;
  return { tenantId, expire: true, now: new Date(), signal: AbortSignal.timeout(60_000) };
}

async function versionsIn(s3: S3Client, Bucket: string): Promise<number> {
  return (await s3.send(new ListObjectVersionsCommand({ Bucket }))).Versions?.length ?? 0;
}

function doneIf(seen: boolean | undefined): State {
  return seen ? 'done' : 'impossible';
}

/** Stores without the function refuse the call in different ways; that counts as absent. */
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
