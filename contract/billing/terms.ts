/**
 * How the rest of a period is charged or credited when a subscription is changed: not at all, with the next invoice, or by an invoice of its own
 * at once.
 */
export const PRORATIONS = ['none', 'next_invoice', 'at_once'] as const;

/** One of {@link PRORATIONS}. */
export type Proration = (typeof PRORATIONS)[number];

/** How the unused part of a paid period is settled when a tenant is removed: not at all, or as a credit on the last invoice with the remainder refunded. */
export const BILLING_ENDS = ['none', 'credit_unused'] as const;

/** One of {@link BILLING_ENDS}. */
export type BillingEnd = (typeof BILLING_ENDS)[number];
