import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, type S3Client } from '@aws-sdk/client-s3';
import { failure } from '../../failures';
import { unlessCode } from './errors';
import { deleteVersions, keyIn, listVersions, type ObjectVersion } from './versions';

/** How {@link purge} goes about it. */
export interface PurgeOptions {
  signal: AbortSignal;
  /** Only what begins with this. */
  prefix?: string;
  /** Objects a request; 1000 is the most S3 takes. */
  pageSize?: number;
}

/**
 * Deletes every version, delete marker and unfinished upload (below `prefix`), a page at a time. What was deleted stays deleted when
 * this is cut off, so a repeat goes on where it ended. Throws with the store's code when an object cannot be deleted.
 */
export async function purge(s3: S3Client, bucket: string, options: PurgeOptions): Promise<void> {
  let before: ObjectVersion | undefined;
  for (;;) {
    // Always the first page: what it showed is gone by the time it is asked for again.
    const { versions } = await listVersions(s3, bucket, options);
    const [first] = versions;
    if (first === undefined) break;
    if (first.key === before?.key && first.versionId === before.versionId) throw noProgress(bucket, versions.length);
    before = first;
    await deleteVersions(s3, bucket, versions, options.signal);
  }
  await abortUploads(s3, bucket, options);
}

function noProgress(bucket: string, count: number): Error {
  return failure(
    'ProviderUnavailable',
    `Bucket ${bucket}: ${count} objects or uploads are still listed after they were deleted. Somebody writes to the bucket, or their keys have control characters that the store's lists cannot show; delete those by hand.`,
  );
}

/**
 * Gives up uploads in parts that were never finished (below `prefix`), where `before` is given only those begun before it. Returns how many.
 */
export async function abortUploads(
  s3: S3Client,
  Bucket: string,
  { signal, prefix, pageSize, before = new Date(8.64e15) }: PurgeOptions & { before?: Date },
): Promise<number> {
  const options = { abortSignal: signal };
  let aborted = 0;
  let last: string | undefined;
  for (;;) {
    const page = await s3.send(
      new ListMultipartUploadsCommand({
        Bucket,
        ...(prefix === undefined ? {} : { Prefix: prefix }),
        MaxUploads: pageSize ?? 1000,
        EncodingType: 'url',
      }),
      options,
    );
    const due = (page.Uploads ?? []).filter(({ Initiated = new Date(0) }) => Initiated < before);
    const [first] = due;
    // Always the first page, as above. Where that is full of younger ones, the rest has its turn when those are over.
    if (first === undefined) return aborted;
    if (first.UploadId === last) throw noProgress(Bucket, due.length);
    last = first.UploadId;
    for (const { Key, UploadId } of due)
      await unlessCode(
        s3.send(new AbortMultipartUploadCommand({ Bucket, Key: keyIn(page, Key!), UploadId: UploadId! }), options),
        'NoSuchUpload',
      );
    aborted += due.length;
  }
}
