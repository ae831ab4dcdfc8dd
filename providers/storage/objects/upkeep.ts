import { dashName } from '../../../contract/ids';
import type { BucketFacts } from '../bucket/bucket';
import { bucketTags } from '../bucket/bucket-settings';
import { unlessCode } from '../errors';
import { createExpiry } from './expiry';
import { isMarked } from '../marks';
import { foreignPolicy, policyStateIn, putPolicy, storedPolicy, type PolicyState } from '../bucket/bucket-policy';
import { abortUploads } from './purge';
import { daysBefore, uploadDays } from './retention';
import type { Store } from '../store';
import { walkVersions } from './version-walk';
import { deleteVersions, type ObjectVersion } from './versions';

/** A tenant's bucket with the retention and quota that the ledger records for it. */
export interface BucketUpkeep extends BucketFacts {
  tenantId: string;
  /** Whether to delete expired versions; without effect if the store does this by itself. */
  expire: boolean;
  /** Whether everything must be kept at the moment; asked before each deletion, because a listing may take long. Absent: no. */
  held?: () => Promise<boolean>;
  /** The current time, by which versions expire. */
  now: Date;
  /** Called and awaited before the tenant's right to write is revoked or restored. */
  beforeChange?: (writable: boolean) => Promise<void>;
  signal: AbortSignal;
  /** Versions per request, at least 2. */
  pageSize?: number;
}

/** A bucket's contents after upkeep, and what was deleted from it. */
export interface BucketUpkeepResult {
  /** Bytes of all remaining versions. */
  bytes: number;
  /** Number of remaining versions, without delete markers. */
  versions: number;
  deleted: { versions: number; markers: number; uploads: number };
  /** Whether the bucket is above its quota, in which case the tenant cannot write. */
  over: boolean;
}

/**
 * Deletes expired versions in a tenant's bucket if the store does not do so by itself, measures what is left, and revokes or restores the
 * tenant's right to write. Goes on while the tenant is suspended: what is revoked or restored then takes effect when it is resumed.
 * While everything must be kept, nothing is deleted, and what
 * the store would delete by itself is stopped. Undefined if the bucket is gone or not the tenant's; it is then left alone. Deletions made before an interruption stay. Throws
 * `StateConflict` if the bucket's policy was changed by hand; the policy is then left unchanged.
 */
export async function maintainBucket(store: Store, upkeep: BucketUpkeep): Promise<BucketUpkeepResult | undefined> {
  const { tenantId, quotaBytes, signal } = upkeep;
  const bucket = dashName(tenantId);
  const tags = await unlessCode(bucketTags(store.s3, bucket, signal), 'NoSuchBucket', 'AccessDenied');
  if (!tags || !isMarked(tags, tenantId)) return undefined;

  await store.pauseLifecycle?.(bucket, await isHeld(upkeep), signal);
  const content = await expireAndMeasure(store, bucket, upkeep);
  const over = quotaBytes !== undefined && content.bytes > quotaBytes;
  await setWritable(store, bucket, upkeep, !over);
  return { ...content, over };
}

async function isHeld({ held }: BucketUpkeep): Promise<boolean> {
  return (await held?.()) ?? false;
}

async function expireAndMeasure(
  store: Store,
  bucket: string,
  upkeep: BucketUpkeep,
): Promise<Omit<BucketUpkeepResult, 'over'>> {
  const { retentionDays, expire: wanted, now, signal, pageSize } = upkeep;
  const { s3, capabilities, listsByFolder: byFolder } = store;
  const deleted = { versions: 0, markers: 0, uploads: 0 };
  let [bytes, versions] = [0, 0];
  const expiresHere = wanted && capabilities.lifecycle.state === 'enforced-otherwise';
  const expiry = createExpiry(
    retentionDays === undefined || !expiresHere ? new Date(0) : daysBefore(now, retentionDays),
  );

  const expire = async (due: ObjectVersion[]): Promise<void> => {
    if (due.length === 0 || (await isHeld(upkeep))) return;
    await deleteVersions(s3, bucket, due, signal);
    for (const { isDeleteMarker, bytes: freed } of due) {
      deleted[isDeleteMarker ? 'markers' : 'versions'] += 1;
      if (!isDeleteMarker) versions -= 1;
      bytes -= freed;
    }
  };

  // Deletion lags one page behind, because the listing can only continue after a version that still exists.
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
  if (expiresHere && !(await isHeld(upkeep)))
    deleted.uploads = await abortUploads(s3, bucket, { signal, before: daysBefore(now, uploadDays(retentionDays)) });
  return { bytes, versions, deleted };
}

async function setWritable(
  store: Store,
  bucket: string,
  { tenantId, kmsKeyArn, signal, beforeChange }: BucketUpkeep,
  writable: boolean,
): Promise<void> {
  const principal = await store.principal(tenantId, signal);
  // Without a user the tenant has no access, so there is no right to revoke or restore.
  if (principal === undefined) return;
  const place = { bucket, principal, kmsKeyArn };
  const readState = async (): Promise<PolicyState> => {
    const state = policyStateIn(store, place, await storedPolicy(store, bucket, signal));
    if (state === undefined) throw foreignPolicy(bucket);
    return state;
  };
  if ((await readState()).overQuota === !writable) return;
  await beforeChange?.(writable);
  // Read again, because the tenant may have been suspended meanwhile, and its bucket must stay closed.
  const { access } = await readState();
  await putPolicy(store, place, { access, overQuota: !writable }, signal);
}
