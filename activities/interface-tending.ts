import type { TendingCounts } from '../contract/tending';

/** A portion of a region's buckets, by the ids of their tenants. */
export interface TendingPortion {
  region: string;
  /** The tenant that was done last; absent: from the first one on. */
  after?: string;
}

/** What became of a portion. */
export interface TendedPortion {
  counts: TendingCounts;
  /** What could not be looked after, each with why. */
  problems: string[];
  /** Where the next portion goes on; absent when the region is done. */
  after?: string;
}

/** The activities of the workflow `tendStorage`. */
export interface TendingActivities {
  /** The names of all regions. */
  listTendedRegions(): Promise<string[]>;
  /**
   * Looks after as many buckets of active tenants as fit a few minutes: expired versions are deleted where the store does not do so, what is
   * left is measured, and who is above the quota loses the right to write until that is over. Logins of theirs that have changed their own
   * password or settings are set again. A bucket that cannot be looked after is a
   * problem and keeps no other from its turn; rejects when one after the other cannot.
   */
  tendBuckets(input: TendingPortion): Promise<TendedPortion>;
  /** Mail to operators about tenants that are above their quota now, or no longer; of each change once. */
  tellOfQuotas(): Promise<void>;
}
