/** The workflow type of one upkeep round: it enforces retention and quotas in the buckets of active tenants. */
export const STORAGE_UPKEEP = 'storageUpkeep';

/** Id of the Temporal Schedule that starts upkeep rounds, and prefix of their workflow ids. */
export const STORAGE_UPKEEP_SCHEDULE_ID = 'storage-upkeep';

/** Time limit of a round, in seconds; the schedule starts no other round meanwhile. */
export const STORAGE_UPKEEP_SECONDS = 43_200;

/**
 * Counts of a round: buckets processed, buckets found above their quota, buckets in which a legal hold kept everything, and expired versions,
 * delete markers and uploads deleted.
 */
export const STORAGE_UPKEEP_COUNTS = ['buckets', 'over', 'held', 'versions', 'markers', 'uploads'] as const;

/** The value of each count. */
export type StorageUpkeepCounts = Record<(typeof STORAGE_UPKEEP_COUNTS)[number], number>;
