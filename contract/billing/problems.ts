/** What operators should look at in billing: for each problem what was found, and what to do about it. */
const GUIDE = {
  subscription_cancelled: {
    found: 'The subscription is cancelled, or will be at the end of the period.',
    remedy:
      'Take the cancellation back at Stripe, reconcile the tenant to replace a cancelled one, or remove the tenant.',
  },
  subscription_changed: {
    found: 'The subscription’s prices or its quantity are not those of the plan.',
    remedy: 'Reconcile the tenant to change them back, or resolve the finding.',
  },
  collection_paused: {
    found: 'Payments are not collected, although the tenant is not suspended.',
    remedy: 'End the pause at Stripe, or resolve the finding.',
  },
  card_expiring: {
    found: 'The card is valid until the end of the next month at most.',
    remedy: 'Ask the customer for another card.',
  },
  payment_disputed: {
    found: 'The cardholder contests a charge, and the decision is still open.',
    remedy: 'Answer the dispute at Stripe in time.',
  },
  event_set_aside: {
    found: 'Stripe’s answers kept an event from being handled. The tenant’s other events go on.',
    remedy: 'Reconcile the tenant to have it tried again, or do by hand what follows from it and resolve the finding.',
  },
  subscription_without_tenant: {
    found: 'Stripe has a subscription that no tenant has in the ledger.',
    remedy:
      'First find out which installation it belongs to: another installation may use the account, or the registry may be restored to an earlier time. If it is nobody’s, cancel it at Stripe and refund what it has charged; otherwise resolve the finding.',
  },
  tenant_without_subscription: {
    found: 'The tenant is provisioned, and Stripe has no subscription for it.',
    remedy:
      'Find out in its operations why it has none. Bill it by hand and resolve the finding, or remove the tenant.',
  },
  second_customer: {
    found: 'Stripe has a second customer for the tenant.',
    remedy: 'Move to the tenant’s own customer what the second one has paid, and delete the second one at Stripe.',
  },
} as const satisfies Record<string, { found: string; remedy: string }>;

/** A problem of billing. */
export type BillingProblem = keyof typeof GUIDE;

/** The names of all problems. */
export const BILLING_PROBLEMS = Object.keys(GUIDE) as BillingProblem[];

/** What was found, and what to do about it, in words for operators. */
export const BILLING_PROBLEM_GUIDE: Record<BillingProblem, { found: string; remedy: string }> = GUIDE;

/** Where a finding stands. `resolved`: an operator has decided about it. `ended`: it is not so any more. */
export const BILLING_FINDING_STATES = ['open', 'resolved', 'ended'] as const;

/** One of {@link BILLING_FINDING_STATES}. */
export type BillingFindingState = (typeof BILLING_FINDING_STATES)[number];
