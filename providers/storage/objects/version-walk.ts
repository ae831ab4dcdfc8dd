import type { S3Client } from '@aws-sdk/client-s3';
import { failure } from '../../port/failures';
import { listVersions, type ObjectVersion, type VersionMarker } from './versions';

/** Options of {@link walkVersions}. */
export interface WalkOptions {
  /** See `Store.listsByFolder`. */
  byFolder: boolean;
  signal: AbortSignal;
  /** Versions per request, at least 2. */
  pageSize?: number | undefined;
}

/** Progress of a walk: the last key, and the versions of it that have been seen. */
interface Progress {
  key: string;
  versionIds: Set<string>;
}

/**
 * Yields every version of a bucket exactly once, page by page. The versions of a key are consecutive, newest first, also across pages. The
 * versions of a page may be deleted only after the next page has arrived: a store that cannot find the version to continue after ends the
 * listing.
 */
export async function* walkVersions(
  s3: S3Client,
  bucket: string,
  { byFolder, signal, pageSize = 1000 }: WalkOptions,
): AsyncGenerator<ObjectVersion[]> {
  let progress: Progress | undefined;
  let idle = new Set<string>();
  for (let after: VersionMarker | undefined, first = true, size = pageSize; first || after; first = false) {
    const { versions, next } = await listVersions(s3, bucket, { signal, after, pageSize: size });
    const fresh = versions.filter((version) => !wasSeen(version, progress, byFolder));
    if (fresh.length > 0) {
      yield fresh;
      progress = advance(progress, fresh);
      idle = new Set();
    }
    // Versity lists a folder again if a page ends at a file beside it (`a/…` again after `a.txt`). The listing loops only if a later page
    // ends at the same file again, and a smaller page size avoids that.
    const mark = JSON.stringify(next);
    if (next && idle.has(mark) && --size < 2) throw endlessListing(bucket);
    idle.add(mark);
    after = next;
  }
}

function wasSeen({ key, versionId }: ObjectVersion, progress: Progress | undefined, byFolder: boolean): boolean {
  if (progress === undefined) return false;
  if (key === progress.key) return progress.versionIds.has(versionId);
  return byFolder && compareByFolder(key, progress.key) < 0;
}

function advance(before: Progress | undefined, fresh: ObjectVersion[]): Progress {
  const { key } = fresh.at(-1)!;
  const earlier = before?.key === key ? before.versionIds : [];
  const ids = fresh.filter((version) => version.key === key).map(({ versionId }) => versionId);
  return { key, versionIds: new Set([...earlier, ...ids]) };
}

/** Compares keys in the order of a folder-by-folder listing: path segment by path segment, in byte order. */
function compareByFolder(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let level = 0; level < Math.min(left.length, right.length); level++) {
    const order = Buffer.compare(Buffer.from(left[level]!), Buffer.from(right[level]!));
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function endlessListing(bucket: string): Error {
  return failure(
    'ProviderUnavailable',
    `Bucket ${bucket}: the store keeps repeating the same page of versions, so the listing cannot be completed.`,
  );
}
