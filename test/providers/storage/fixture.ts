import {
  CreateBucketCommand,
  DeleteBucketCommand,
  HeadBucketCommand,
  PutBucketTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { AccessKeySpec } from '../../../providers/storage/access-key';
import type { BucketSpec } from '../../../providers/storage/bucket/bucket-settings';
import type { StorageKinds } from '../../../providers/storage/storage';
import type { ResourceContext } from '../../../providers/port/kind';
import { resourceContext, type KindFixture } from '../kind-suite';

/** The bucket spec of these tests. */
export const BUCKET_SPEC: BucketSpec = {
  versioning: true,
  corsOrigins: ['https://app.example', 'https://b.example'],
  retentionDays: 30,
  quotaBytes: 5_000_000_000,
};

/** Fixture for buckets on any provider; `s3` is a separate client with an administrator's key. */
export function bucketFixture(kinds: StorageKinds, region: string, s3: S3Client): KindFixture<BucketSpec> {
  const keys = new Map<string, ResourceContext<AccessKeySpec>>();
  return {
    kind: kinds.bucket,
    region,
    spec: async (tenantId) => {
      const key = resourceContext(kinds.accessKey, region, {}, tenantId);
      keys.set(tenantId, key);
      await kinds.accessKey.create(key);
      return BUCKET_SPEC;
    },
    exists: ({ name }) => bucketExists(s3, name),
    makePartial: async ({ name }) => {
      await s3.send(new CreateBucketCommand({ Bucket: name }));
    },
    makeForeign: async ({ name }) => {
      await s3.send(new CreateBucketCommand({ Bucket: name }));
      const TagSet = [{ Key: 'managed-by', Value: 'somebody-else' }];
      await s3.send(new PutBucketTaggingCommand({ Bucket: name, Tagging: { TagSet } }));
      return async () => {
        await s3.send(new DeleteBucketCommand({ Bucket: name }));
      };
    },
    teardown: async (tenantId) => {
      const key = keys.get(tenantId);
      if (key) await kinds.accessKey.remove(key);
    },
  };
}

/** Makes the bucket that a key gives access to. */
export function furnishKey(
  kinds: StorageKinds,
  region: string,
): (key: ResourceContext<AccessKeySpec>) => Promise<() => Promise<void>> {
  return async ({ tenantId }) => {
    const bucket = resourceContext(kinds.bucket, region, BUCKET_SPEC, tenantId);
    await kinds.bucket.create(bucket);
    return () => kinds.bucket.remove(bucket);
  };
}

/** Looks at the provider directly. */
export async function bucketExists(s3: S3Client, name: string): Promise<boolean> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: name }));
    return true;
  } catch (error) {
    if ((error as Error).name === 'NotFound') return false;
    throw error;
  }
}

/** A tenant with a key and a bucket, and the removal of both. */
export async function tenantStorage(
  kinds: StorageKinds,
  region: string,
  more: Partial<BucketSpec> = {},
): Promise<{
  tenantId: string;
  bucket: ResourceContext<BucketSpec>;
  key: ResourceContext<AccessKeySpec>;
  remove(): Promise<void>;
}> {
  const key = resourceContext<AccessKeySpec>(kinds.accessKey, region, {});
  const bucket = resourceContext(kinds.bucket, region, { ...BUCKET_SPEC, ...more }, key.tenantId);
  const remove = async (): Promise<void> => {
    await kinds.bucket.remove(bucket);
    await kinds.accessKey.remove(key);
  };
  try {
    await kinds.accessKey.create(key);
    await kinds.bucket.create(bucket);
  } catch (error) {
    await remove();
    throw error;
  }
  return { tenantId: key.tenantId, bucket, key, remove };
}
