import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { required, StorageError } from '../errors';

/** Key and id that identify one version of an object. */
export interface VersionName {
  key: string;
  versionId: string;
}

/** One version of an object, or one delete marker. */
export interface ObjectVersion extends VersionName {
  isLatest: boolean;
  isDeleteMarker: boolean;
  /** Size; 0 for a delete marker. */
  bytes: number;
  modifiedAt: Date;
}

/** Selects a page of a bucket's versions. */
export interface VersionQuery {
  signal: AbortSignal;
  /** Lists only keys with this prefix. */
  prefix?: string | undefined;
  /** Versions per request; S3 returns at most 1000, the default. */
  pageSize?: number | undefined;
  after?: VersionMarker | undefined;
}

/** The version after which a listing continues. */
export interface VersionMarker {
  key: string;
  versionId: string | undefined;
}

/** A page of versions. The versions of a key are consecutive, newest first. `next` is undefined on the last page. */
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
      // A key may contain characters that XML cannot represent.
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

/** Decodes a key from a listing requested with `EncodingType: 'url'`; a store that ignored the request returns the key as it is. */
export function keyIn(page: { EncodingType?: string | undefined }, key: string): string {
  return page.EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
}

/** Merges the SDK's separate lists of versions and delete markers. A key that continues on the next page comes last. */
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

/** Maximum number of versions in one delete request. */
const MAX_VERSIONS_PER_DELETE = 1000;

/** Deletes these versions; absent ones count as deleted. Throws an error with the store's code if one cannot be deleted. */
export async function deleteVersions(
  s3: S3Client,
  Bucket: string,
  versions: readonly VersionName[],
  abortSignal: AbortSignal,
): Promise<void> {
  const named = versions.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
  // Keys with control characters are deleted one by one, because the request for several is XML and cannot represent them.
  const withControlCharacters = named.filter(({ Key }) => CONTROL_CHARACTER.test(Key));
  const plain = named.filter(({ Key }) => !CONTROL_CHARACTER.test(Key));
  for (const version of withControlCharacters)
    await s3.send(new DeleteObjectCommand({ Bucket, ...version }), { abortSignal });
  for (let from = 0; from < plain.length; from += MAX_VERSIONS_PER_DELETE) {
    const Objects = plain.slice(from, from + MAX_VERSIONS_PER_DELETE);
    const command = new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } });
    const { Errors = [] } = await s3.send(command, { abortSignal });
    const [refused] = Errors;
    if (refused)
      throw new StorageError(refused.Code ?? 'AccessDenied', 403, `${Errors.length} objects were not deleted.`);
  }
}

// eslint-disable-next-line no-control-regex -- the pattern must match control characters
const CONTROL_CHARACTER = /[\u0000-\u001f\ufffe\uffff]/;
