/** The workflow type that sends usage to the billing provider. */
export const SEND_USAGE = 'sendUsage';

/** Id of the Temporal Schedule that starts it, and prefix of its workflow ids. */
export const SEND_USAGE_SCHEDULE_ID = 'send-usage';

/** Time limit of a round, in seconds; the schedule starts no other round meanwhile. */
export const SEND_USAGE_SECONDS = 900;

/**
 * Days for which Stripe takes usage: a day less than the 35 it promises, because it reads the time when the request arrives.
 * Source: https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api.
 */
export const BILLABLE_DAYS = 34;

/**
 * Hours for which Stripe lets an event be cancelled, and knows an identifier again: an hour less than the 24 it promises.
 * Source: https://docs.stripe.com/api/billing/meter-event-adjustment.
 */
export const ADJUSTABLE_HOURS = 23;

/** Counts of a round: events sent, events cancelled for a correction, records refused or too late, and records that have to wait. */
export const USAGE_COUNTS = ['sent', 'cancelled', 'refused', 'waiting'] as const;

/** The value of each count. */
export type UsageCounts = Record<(typeof USAGE_COUNTS)[number], number>;
