import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { failure } from '../../port/failures';
import { required, unlessCode } from '../errors';
import { deleteVersions, keyIn, listVersions, type ObjectVersion } from './versions';

/** Options of {@link purge}. */
export interface PurgeOptions {
  signal: AbortSignal;
  /** Deletes only keys with this prefix. */
  prefix?: string;
  /** Objects per request; S3 allows at most 1000, the default. */
  pageSize?: number;
}

/**
 * Deletes every version, delete marker and unfinished upload (below `prefix`), one page at a time. If interrupted, a repeat continues where
 * it stopped. Throws an error with the store's code if an object cannot be deleted.
 */
export async function purge(s3: S3Client, bucket: string, options: PurgeOptions): Promise<void> {
  let before: ObjectVersion | undefined;
  for (;;) {
    // Always reads the first page: the versions on it are deleted before it is read again.
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
    `Bucket ${bucket}: ${count} objects or uploads are still listed after they were deleted. Either something still writes to the bucket, or their keys have control characters that the store's lists cannot show; delete those by hand.`,
  );
}

/**
 * Aborts unfinished multipart uploads (below `prefix`), or only those begun before `before` if it is given. Resolves with their number.
 */
export async function abortUploads(
  s3: S3Client,
  Bucket: string,
  { signal, prefix, pageSize, before = new Date(8.64e15) }: PurgeOptions & { before?: Date },
): Promise<number> {
  const options = { abortSignal: signal };
  let aborted = 0;
  let last: string | undefined;
  // Aborted uploads leave the list, so the same page is read again, until all uploads on it are too new.
  let marker: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'> = {};
  for (;;) {
    const page = await s3.send(
      new ListMultipartUploadsCommand({
        ...marker,
        Bucket,
        ...(prefix === undefined ? {} : { Prefix: prefix }),
        MaxUploads: pageSize ?? 1000,
        EncodingType: 'url',
      }),
      options,
    );
    const due = (page.Uploads ?? []).filter(({ Initiated = new Date(0) }) => Initiated < before);
    const [first] = due;
    if (first === undefined) {
      if (!page.IsTruncated) return aborted;
      marker = {
        KeyMarker: keyIn(page, required(page.NextKeyMarker, 'the next key')),
        UploadIdMarker: required(page.NextUploadIdMarker, 'the next upload'),
      };
      continue;
    }
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
