/** Days for which usage records and their corrections are kept; older usage is neither accepted nor shown. */
export const USAGE_DAYS = 400;

/** Records in one request at most. */
export const MOST_RECORDS = 500;

/** Largest value of one record: a petabyte in bytes, and exact in every JSON parser. */
export const LARGEST_VALUE = 1e15;

/** Seconds by which a record may be ahead of the registry's clock, because clocks differ. Stripe allows as many. */
export const CLOCK_SECONDS = 300;

/** Source of the records that this program measures; callers cannot use it. */
export const OWN_SOURCE = 'provisioner';

/** What a period's usage is made of: `sum` adds up the records, `last` takes the newest one, for what is a level such as bytes stored. */
export const AGGREGATIONS = ['sum', 'last'] as const;

/** One of {@link AGGREGATIONS}. */
export type Aggregation = (typeof AGGREGATIONS)[number];

/** Periods in which a limit applies, in UTC. */
export const QUOTA_PERIODS = ['day', 'month'] as const;

/** One of {@link QUOTA_PERIODS}. */
export type QuotaPeriod = (typeof QUOTA_PERIODS)[number];

/** How close a tenant is to a limit: at the plan's threshold, or at the limit itself. */
export const QUOTA_LEVELS = ['near', 'reached'] as const;

/** One of {@link QUOTA_LEVELS}. */
export type QuotaLevel = (typeof QUOTA_LEVELS)[number];

/** What becomes of a record. `outdated`: a later revision of it is there already. */
export const RECORD_OUTCOMES = ['recorded', 'corrected', 'duplicate', 'outdated', 'refused'] as const;

/** Why a record is refused, with what to do about it. */
export const REFUSALS = {
  'no-tenant': 'There is no such tenant. Check the tenant id.',
  'not-provisioned': 'The tenant is not active yet. Send the record again once it is.',
  gone: 'The tenant is gone, and its usage can no longer be charged. Stop reporting it.',
  'no-meter': 'The tenant’s plan has no such meter. Use one that GET /v1/tenants/{tenantId}/usage names.',
  'measured-here': 'The product measures this meter itself. Leave it out.',
  future: `The time is more than ${CLOCK_SECONDS / 60} minutes ahead. Check the clock, and the time’s offset.`,
  'too-old': `The time is more than ${USAGE_DAYS} days ago. Usage is not accepted that late.`,
  'before-tenant': 'The time is before the tenant was ordered. Check the time and the tenant id.',
  differs:
    'The record is there already with another value, time or meter. Raise its revision to correct the value; time and meter cannot change.',
} as const;

/** A reason in {@link REFUSALS}. */
export type Refusal = keyof typeof REFUSALS;

/** A record's identity within the tenant and its source, when and what was used, and which correction of it this is. */
export interface UsageRecord {
  tenantId: string;
  recordId: string;
  meter: string;
  at: Date;
  value: number;
  revision: number;
}

/** What became of a record. */
export type RecordOutcome =
  { outcome: Exclude<(typeof RECORD_OUTCOMES)[number], 'refused'> } | { outcome: 'refused'; reason: Refusal };
