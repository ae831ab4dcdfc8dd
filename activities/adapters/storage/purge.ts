import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { failure } from '../../failures';
import { StorageError, unlessCode } from './errors';

/** How {@link purge} goes about it. */
export interface PurgeOptions {
  signal: AbortSignal;
  /** Only what begins with this. */
  prefix?: string;
  /** Objects a request; 1000 is the most S3 takes. */
  pageSize?: number;
}

interface ObjectVersion {
  Key: string;
  VersionId: string;
}

/**
 * Deletes every version, delete marker and unfinished upload (below `prefix`), a page at a time. What was deleted stays deleted when
 * this is cut off, so a repeat goes on where it ended. Throws with the store's code when an object cannot be deleted.
 */
export async function purge(s3: S3Client, bucket: string, options: PurgeOptions): Promise<void> {
  let before: ObjectVersion | undefined;
  for (;;) {
    // Always the first page: what it showed is gone by the time it is asked for again.
    const page = await firstPage(s3, bucket, options);
    const [first] = page;
    if (first === undefined) break;
    if (first.Key === before?.Key && first.VersionId === before.VersionId) throw noProgress(bucket, page.length);
    before = first;
    await deleteVersions(s3, bucket, page, options.signal);
  }
  await abortUploads(s3, bucket, options);
}

async function firstPage(s3: S3Client, Bucket: string, options: PurgeOptions): Promise<ObjectVersion[]> {
  const page = await s3.send(
    new ListObjectVersionsCommand({
      Bucket,
      ...(options.prefix === undefined ? {} : { Prefix: options.prefix }),
      MaxKeys: options.pageSize ?? 1000,
      // A key may hold characters that XML has no way to say.
      EncodingType: 'url',
    }),
    { abortSignal: options.signal },
  );
  return [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
    Key: keyIn(page, Key!),
    VersionId: VersionId!,
  }));
}

function keyIn(page: { EncodingType?: string | undefined }, key: string): string {
  return page.EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
}

function noProgress(bucket: string, count: number): Error {
  return failure(
    'ProviderUnavailable',
    `Bucket ${bucket}: ${count} objects or uploads are still listed after they were deleted. Somebody writes to the bucket, or their keys have control characters that the store's lists cannot show; delete those by hand.`,
  );
}

async function deleteVersions(
  s3: S3Client,
  Bucket: string,
  versions: ObjectVersion[],
  abortSignal: AbortSignal,
): Promise<void> {
  // The request for many is XML again.
  const awkward = versions.filter(({ Key }) => CONTROL_CHARACTER.test(Key));
  const Objects = versions.filter(({ Key }) => !CONTROL_CHARACTER.test(Key));
  for (const version of awkward) await s3.send(new DeleteObjectCommand({ Bucket, ...version }), { abortSignal });
  if (Objects.length === 0) return;
  const command = new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } });
  const { Errors = [] } = await s3.send(command, { abortSignal });
  const [refused] = Errors;
  if (refused)
    throw new StorageError(refused.Code ?? 'AccessDenied', 403, `${Errors.length} objects were not deleted.`);
}

// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL_CHARACTER = /[\u0000-\u001f\ufffe\uffff]/;

async function abortUploads(s3: S3Client, Bucket: string, { signal, prefix, pageSize }: PurgeOptions): Promise<void> {
  const options = { abortSignal: signal };
  for (let before: string | undefined; ;) {
    const page = await s3.send(
      new ListMultipartUploadsCommand({
        Bucket,
        ...(prefix === undefined ? {} : { Prefix: prefix }),
        MaxUploads: pageSize ?? 1000,
        EncodingType: 'url',
      }),
      options,
    );
    const { Uploads = [] } = page;
    const [first] = Uploads;
    if (first === undefined) return;
    if (first.UploadId === before) throw noProgress(Bucket, Uploads.length);
    before = first.UploadId;
    for (const { Key, UploadId } of Uploads)
      await unlessCode(
        s3.send(new AbortMultipartUploadCommand({ Bucket, Key: keyIn(page, Key!), UploadId: UploadId! }), options),
        'NoSuchUpload',
      );
  }
}
