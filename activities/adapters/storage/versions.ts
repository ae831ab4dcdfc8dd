import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { required, StorageError } from './errors';

/** What names one version of an object. */
export interface VersionName {
  key: string;
  versionId: string;
}

/** One version of an object, or one delete marker. */
export interface ObjectVersion extends VersionName {
  isLatest: boolean;
  isDeleteMarker: boolean;
  /** 0 of a delete marker. */
  bytes: number;
  modifiedAt: Date;
}

/** Which versions of a bucket, and from where on. */
export interface VersionQuery {
  signal: AbortSignal;
  /** Only keys that begin with this. */
  prefix?: string | undefined;
  /** Versions a request; 1000 is the most S3 gives. */
  pageSize?: number | undefined;
  after?: VersionMarker | undefined;
}

/** Where a list of versions goes on. */
export interface VersionMarker {
  key: string;
  versionId: string | undefined;
}

/** A page of versions; those of one key stand together, the newest first. Without `next` there are no more. */
export async function listVersions(
  s3: S3Client,
  Bucket: string,
  { signal, prefix, pageSize = 1000, after }: VersionQuery,
): Promise<{ versions: ObjectVersion[]; next: VersionMarker | undefined }> {
  const page = await s3.send(
    new ListObjectVersionsCommand({
      Bucket,
      ...(prefix === undefined ? {} : { Prefix: prefix }),
      ...(after === undefined ? {} : { KeyMarker: after.key }),
      ...(after?.versionId === undefined ? {} : { VersionIdMarker: after.versionId }),
      MaxKeys: pageSize,
      // A key may hold characters that XML has no way to say.
      EncodingType: 'url',
    }),
    { abortSignal: signal },
  );
  const next = page.IsTruncated
    ? {
        key: keyIn(page, required(page.NextKeyMarker, 'the next key')),
        versionId: page.NextVersionIdMarker || undefined,
      }
    : undefined;
  return { versions: versionsOf(page, next?.key), next };
}

/** A key as a list that was asked for `EncodingType: 'url'` shows it; not every store does as it was asked. */
export function keyIn(page: { EncodingType?: string | undefined }, key: string): string {
  return page.EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
}

/** The SDK gives versions and delete markers apart. The key that goes on on the next page comes last. */
function versionsOf(page: ListObjectVersionsCommandOutput, lastKey: string | undefined): ObjectVersion[] {
  const all = [
    ...(page.Versions ?? []).map((entry) => ({ ...entry, isDeleteMarker: false, bytes: entry.Size ?? 0 })),
    ...(page.DeleteMarkers ?? []).map((entry) => ({ ...entry, isDeleteMarker: true, bytes: 0 })),
  ].map(({ Key, VersionId, IsLatest, LastModified, isDeleteMarker, bytes }): ObjectVersion => ({
    key: keyIn(page, required(Key, 'a key')),
    versionId: required(VersionId, 'a version'),
    isLatest: IsLatest === true,
    modifiedAt: required(LastModified, 'the time of a version'),
    isDeleteMarker,
    bytes,
  }));
  const place = new Map<string, number>();
  for (const { key } of all) if (!place.has(key)) place.set(key, place.size);
  if (lastKey !== undefined) place.set(lastKey, Infinity);
  return all.sort((a, b) => (a.key === b.key ? newestFirst(a, b) : place.get(a.key)! - place.get(b.key)!));
}

function newestFirst(a: ObjectVersion, b: ObjectVersion): number {
  return Number(b.isLatest) - Number(a.isLatest) || b.modifiedAt.getTime() - a.modifiedAt.getTime();
}

/** Versions a request to delete may name. */
const AT_ONCE = 1000;

/** Deletes these versions. Absent ones are a success; throws with the store's code when one cannot be deleted. */
export async function deleteVersions(
  s3: S3Client,
  Bucket: string,
  versions: readonly VersionName[],
  abortSignal: AbortSignal,
): Promise<void> {
  const named = versions.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
  // The request for many is XML again.
  const awkward = named.filter(({ Key }) => CONTROL_CHARACTER.test(Key));
  const plain = named.filter(({ Key }) => !CONTROL_CHARACTER.test(Key));
  for (const version of awkward) await s3.send(new DeleteObjectCommand({ Bucket, ...version }), { abortSignal });
  for (let from = 0; from < plain.length; from += AT_ONCE) {
    const Objects = plain.slice(from, from + AT_ONCE);
    const command = new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } });
    const { Errors = [] } = await s3.send(command, { abortSignal });
    const [refused] = Errors;
    if (refused)
      throw new StorageError(refused.Code ?? 'AccessDenied', 403, `${Errors.length} objects were not deleted.`);
  }
}

// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL_CHARACTER = /[\u0000-\u001f\ufffe\uffff]/;
