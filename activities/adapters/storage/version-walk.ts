import type { S3Client } from '@aws-sdk/client-s3';
import { failure } from '../../failures';
import { listVersions, type ObjectVersion, type VersionMarker } from './versions';

/** How a bucket is walked through. */
export interface WalkOptions {
  /** See `Store.listsByFolder`. */
  byFolder: boolean;
  signal: AbortSignal;
  /** Versions a request, at least 2. */
  pageSize?: number | undefined;
}

/** How far a walk has come: the last key, and which of its versions were seen. */
interface Furthest {
  key: string;
  versionIds: Set<string>;
}

/**
 * Every version of a bucket, page by page, each once; those of one key one after the other, the newest first, also across pages. What a
 * page has shown may be deleted once the next one is there: a store that cannot find the version it is to go on behind shows nothing more.
 */
export async function* walkVersions(
  s3: S3Client,
  bucket: string,
  { byFolder, signal, pageSize = 1000 }: WalkOptions,
): AsyncGenerator<ObjectVersion[]> {
  let furthest: Furthest | undefined;
  let idle = new Set<string>();
  for (let after: VersionMarker | undefined, first = true, size = pageSize; first || after; first = false) {
    const { versions, next } = await listVersions(s3, bucket, { signal, after, pageSize: size });
    const fresh = versions.filter((version) => !wasSeen(version, furthest, byFolder));
    if (fresh.length > 0) {
      yield fresh;
      furthest = advance(furthest, fresh);
      idle = new Set();
    }
    // Versity goes through a folder once more when a page ended at a file beside it (`a/…` again after `a.txt`). It comes out of that by
    // itself, unless a page ends at that very file again: one of another size does not.
    const mark = JSON.stringify(next);
    if (next && idle.has(mark) && --size < 2) throw goesInCircles(bucket);
    idle.add(mark);
    after = next;
  }
}

function wasSeen({ key, versionId }: ObjectVersion, furthest: Furthest | undefined, byFolder: boolean): boolean {
  if (furthest === undefined) return false;
  if (key === furthest.key) return furthest.versionIds.has(versionId);
  return byFolder && compareByFolder(key, furthest.key) < 0;
}

function advance(before: Furthest | undefined, fresh: ObjectVersion[]): Furthest {
  const { key } = fresh.at(-1)!;
  const earlier = before?.key === key ? before.versionIds : [];
  const ids = fresh.filter((version) => version.key === key).map(({ versionId }) => versionId);
  return { key, versionIds: new Set([...earlier, ...ids]) };
}

/** The order in which folders are gone through: name by name, by their bytes. */
function compareByFolder(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let level = 0; level < Math.min(left.length, right.length); level++) {
    const order = Buffer.compare(Buffer.from(left[level]!), Buffer.from(right[level]!));
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function goesInCircles(bucket: string): Error {
  return failure('ProviderUnavailable', `Bucket ${bucket}: the store's list of versions goes in circles.`);
}
