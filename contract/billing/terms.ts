/**
 * How the rest of a period is charged or credited when a subscription is changed: not at all, with the next invoice, or by an invoice of its own
 * at once.
 */
export const PRORATIONS = ['none', 'next_invoice', 'at_once'] as const;

/** One of {@link PRORATIONS}. */
export type Proration = (typeof PRORATIONS)[number];

/** What becomes of the rest of a paid period when a tenant ends: nothing, or the last invoice credits it, and what is left is paid back. */
export const BILLING_ENDS = ['none', 'credit_unused'] as const;

/** One of {@link BILLING_ENDS}. */
export type BillingEnd = (typeof BILLING_ENDS)[number];
