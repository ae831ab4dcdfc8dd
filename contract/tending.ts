/** The workflow type that looks after the buckets of active tenants: a round of retention and quotas. */
export const TEND_STORAGE = 'tendStorage';

/** Id of the Temporal Schedule of rounds, and what the ids of their workflows begin with. */
export const TENDING_SCHEDULE_ID = 'tend-storage';

/** Longest a round may take, in seconds; the schedule begins no other one meanwhile. */
export const TENDING_SECONDS = 43_200;

/** What is counted in a round: buckets looked after, those above their quota by then, and what was deleted because it had expired. */
export const TENDING_COUNTS = ['buckets', 'over', 'versions', 'markers', 'uploads'] as const;

/** How many of each. */
export type TendingCounts = Record<(typeof TENDING_COUNTS)[number], number>;
