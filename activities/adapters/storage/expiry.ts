import type { ObjectVersion } from './versions';

/** Finds what has expired in the versions of a bucket that are shown to it one by one, in the order of a walk. */
export interface Expiry {
  /** What is known to have expired now that this one is there. */
  take(version: ObjectVersion): ObjectVersion[];
  /** The same, once there are no more. */
  end(): ObjectVersion[];
}

/** The key whose versions are being shown. */
interface OpenKey {
  newest: ObjectVersion;
  count: number;
  /** When the version shown last was made, and so took the place of the next one. */
  replacedAt: Date;
}

/**
 * What a tenant has replaced or deleted before the moment `before`: versions that are not the current one since then, and delete markers
 * older than that with nothing beneath them. A current object never expires. The same rules as those of S3's lifecycle
 * (`NoncurrentVersionExpiration`, `ExpiredObjectDeleteMarker`).
 */
export function createExpiry(before: Date): Expiry {
  let open: OpenKey | undefined;

  // A marker goes a round after what it covers: if it went first, what it covers would come back.
  function end(): ObjectVersion[] {
    const { newest, count } = open ?? {};
    open = undefined;
    const isAlone = count === 1 && newest?.isLatest === true && newest.isDeleteMarker;
    return isAlone && newest.modifiedAt < before ? [newest] : [];
  }

  return {
    take(version) {
      const ended = version.key === open?.newest.key ? [] : end();
      if (open === undefined) {
        open = { newest: version, count: 1, replacedAt: version.modifiedAt };
        return ended;
      }
      // At Versity a version is as old as its place in the archive, at S3 as itself.
      const goneSince = latest(open.replacedAt, version.modifiedAt);
      open = { ...open, count: open.count + 1, replacedAt: version.modifiedAt };
      return version.isLatest || goneSince >= before ? ended : [...ended, version];
    },
    end,
  };
}

function latest(a: Date, b: Date): Date {
  return a > b ? a : b;
}
