import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { dashName } from '../../contract/ids';
import { purge } from './objects/purge';
import type { Store } from './store';

/** An object with which a tenant's rights are tried. */
export interface Place {
  bucket: string;
  key: string;
  signal: AbortSignal;
}

/** A new object in the tenant's bucket, under the prefix that is reserved for checks. */
export function testObject(tenantId: string, signal: AbortSignal): Place {
  return { bucket: dashName(tenantId), key: `provisioning-check/${randomUUID()}`, signal };
}

/** What is tried with an object. The object's content is its key. */
export const calls = {
  write: (client: S3Client, { bucket, key, signal }: Place) =>
    client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: key }), { abortSignal: signal }),
  read: async (client: S3Client, { bucket, key, signal }: Place) => {
    const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
    return answer.Body?.transformToString();
  },
  list: async (client: S3Client, { bucket, key, signal }: Place) => {
    const answer = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key }), {
      abortSignal: signal,
    });
    return (answer.Contents ?? []).map((object) => object.Key);
  },
  delete: (client: S3Client, { bucket, key, signal }: Place) =>
    client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal }),
};

/**
 * Deletes the test objects as the administrator, even after the caller's signal has aborted. Objects that cannot be deleted now are removed
 * together with the bucket.
 */
export async function deleteTestObjects(store: Store, places: Place[]): Promise<void> {
  const signal = AbortSignal.timeout(10_000);
  await Promise.allSettled(places.map(({ bucket, key }) => purge(store.s3, bucket, { signal, prefix: key })));
}
