import { GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { dashName } from '../../../contract/ids';
import { failure } from '../../failures';
import type { BucketFacts } from './bucket';
import { bucketTags } from './bucket-settings';
import { unlessCode } from './errors';
import { createExpiry } from './expiry';
import { isMarked } from './marks';
import { samePolicy } from './policy';
import { policyAt } from './policy-at';
import { abortUploads } from './purge';
import { daysBefore, uploadDays } from './retention';
import type { Store } from './store';
import { walkVersions } from './version-walk';
import { deleteVersions, type ObjectVersion } from './versions';

/** A tenant's bucket, and what the ledger says has to be done about it. */
export interface BucketTending extends BucketFacts {
  tenantId: string;
  /** Whether expired versions are looked for, where the store does not do so by itself. */
  expire: boolean;
  /** What counts as now. */
  now: Date;
  /** Is waited for before the tenant's right to write is taken away or given back. */
  beforeChange?: (writable: boolean) => Promise<void>;
  signal: AbortSignal;
  /** Versions a request, at least 2. */
  pageSize?: number;
}

/** What a bucket was found to hold, and what was deleted from it. */
export interface BucketTended {
  /** Bytes of all versions that are left. */
  bytes: number;
  /** How many those are, without delete markers. */
  versions: number;
  deleted: { versions: number; markers: number; uploads: number };
  /** Whether the bytes are more than the quota; the tenant cannot write then. */
  over: boolean;
}

/**
 * Deletes what has expired in a tenant's bucket where the store does not do it by itself, measures what is left, and takes the tenant's
 * right to write away or gives it back. Undefined when the bucket is gone or is not the tenant's: it is left alone then. What was deleted
 * stays deleted when this is cut off. Throws `StateConflict` when somebody has changed the bucket's policy by hand, which is left as it is.
 */
export async function tendBucket(store: Store, tending: BucketTending): Promise<BucketTended | undefined> {
  const { tenantId, quotaBytes, signal } = tending;
  const bucket = dashName(tenantId);
  const tags = await unlessCode(bucketTags(store.s3, bucket, signal), 'NoSuchBucket', 'AccessDenied');
  if (!tags || !isMarked(tags, tenantId)) return undefined;

  const held = await expireAndMeasure(store, bucket, tending);
  const over = quotaBytes !== undefined && held.bytes > quotaBytes;
  await setWritable(store, bucket, tending, !over);
  return { ...held, over };
}

async function expireAndMeasure(
  store: Store,
  bucket: string,
  { retentionDays, expire: wanted, now, signal, pageSize }: BucketTending,
): Promise<Omit<BucketTended, 'over'>> {
  const { s3, capabilities, listsByFolder: byFolder } = store;
  const deleted = { versions: 0, markers: 0, uploads: 0 };
  let [bytes, versions] = [0, 0];
  const expiresHere = wanted && capabilities.lifecycle.state === 'enforced-otherwise';
  const expiry = createExpiry(
    retentionDays === undefined || !expiresHere ? new Date(0) : daysBefore(now, retentionDays),
  );

  const expire = async (due: ObjectVersion[]): Promise<void> => {
    if (due.length === 0) return;
    await deleteVersions(s3, bucket, due, signal);
    for (const { isDeleteMarker, bytes: freed } of due) {
      deleted[isDeleteMarker ? 'markers' : 'versions'] += 1;
      if (!isDeleteMarker) versions -= 1;
      bytes -= freed;
    }
  };

  // One page behind: what a list goes on behind has to be there still.
  let due: ObjectVersion[] = [];
  for await (const page of walkVersions(s3, bucket, { byFolder, signal, pageSize })) {
    await expire(due);
    due = page.flatMap((version) => expiry.take(version));
    for (const version of page) {
      bytes += version.bytes;
      if (!version.isDeleteMarker) versions += 1;
    }
  }
  await expire(due);
  await expire(expiry.end());
  if (expiresHere)
    deleted.uploads = await abortUploads(s3, bucket, { signal, before: daysBefore(now, uploadDays(retentionDays)) });
  return { bytes, versions, deleted };
}

async function setWritable(
  store: Store,
  Bucket: string,
  { tenantId, kmsKeyArn, signal, beforeChange }: BucketTending,
  writable: boolean,
): Promise<void> {
  const options = { abortSignal: signal };
  const principal = await store.principal(tenantId, signal);
  // Whoever has no key writes nothing.
  if (principal === undefined) return;
  const [full, readOnly] = [false, true].map((only) =>
    policyAt(store, Bucket, principal, { kmsKeyArn, readOnly: only }),
  );
  const [wanted, other] = writable ? [full!, readOnly!] : [readOnly!, full!];
  const stored = await unlessCode(store.s3.send(new GetBucketPolicyCommand({ Bucket }), options), 'NoSuchBucketPolicy');
  if (samePolicy(stored?.Policy, wanted)) return;
  if (!samePolicy(stored?.Policy, other))
    throw failure(
      'StateConflict',
      `Bucket ${Bucket}: its policy is none of ours. It was left alone; put it back, or find out who changed it and why.`,
    );
  await beforeChange?.(writable);
  await store.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(wanted) }), options);
}
