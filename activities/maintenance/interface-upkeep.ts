import type { StorageUpkeepCounts } from '../../contract/maintenance/storage-upkeep';

/** A portion of a region's buckets, in the order of their tenants' ids. */
export interface UpkeepPortion {
  region: string;
  /** The last tenant already done; absent to begin with the first. */
  after?: string;
}

/** The result of a portion. */
export interface UpkeepPortionResult {
  counts: StorageUpkeepCounts;
  /** The buckets and logins that could not be maintained, each with the reason. */
  problems: string[];
  /** Where the next portion continues; absent when the region is done. */
  after?: string;
}

/** The activity that keeps the event log from growing for ever. */
export interface EventUpkeepActivities {
  /**
   * Deletes events that are older than the retention and that every named reader has passed; returns how many. Also records the figures of
   * operations that have ended without them, and deletes people's expired sessions and usage that is older than its retention.
   */
  forgetOldEvents(): Promise<number>;
}

/** The activities of the workflow `storageUpkeep` that are about buckets and logins. */
export interface StorageUpkeepActivities {
  /** The names of all regions. */
  listUpkeepRegions(): Promise<string[]>;
  /**
   * Maintains as many buckets of active tenants as fit into a few minutes: deletes expired versions where the store does not do so itself,
   * measures what is left, and withdraws the right to write from tenants that are above their quota, until they no longer are. Also resets
   * their logins that have changed their own password or settings, and measures their databases. A region's first portion begins with removing exports whose time is over. A bucket that cannot be maintained is a problem and does not hold up the
   * others; rejects when several in a row cannot.
   */
  maintainBuckets(input: UpkeepPortion): Promise<UpkeepPortionResult>;
  /** Mails the operators about tenants that are now above their quota, or no longer: once for each change. */
  mailQuotaChanges(): Promise<void>;
}
