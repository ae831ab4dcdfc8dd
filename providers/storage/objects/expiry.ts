import type { ObjectVersion } from './versions';

/** Finds the expired versions of a bucket. It is given all versions one by one, in the order of `walkVersions`. */
export interface Expiry {
  /** Takes the next version; returns the versions that are now known to have expired. */
  take(version: ObjectVersion): ObjectVersion[];
  /** Ends the walk; returns the remaining expired versions. */
  end(): ObjectVersion[];
}

/** The key whose versions are being read. */
interface OpenKey {
  newest: ObjectVersion;
  count: number;
  /** When the version read last was made; that is when it replaced the next, older one. */
  replacedAt: Date;
}

/**
 * Finds the versions that a tenant replaced or deleted before `before`: versions that have not been current since then, and older delete
 * markers with no version beneath them. A current object never expires. These are the rules of S3's own lifecycle
 * (`NoncurrentVersionExpiration`, `ExpiredObjectDeleteMarker`).
 */
export function createExpiry(before: Date): Expiry {
  let open: OpenKey | undefined;

  // A delete marker expires one walk after the versions it hides: if it were deleted first, they would reappear.
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
      // Versity dates a version by its move to the archive, S3 by its creation; the later of the two times is when it was replaced.
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
