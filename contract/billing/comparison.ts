/** The workflow type that compares the billing provider with the registry. */
export const COMPARE_BILLING = 'compareBilling';

/** Id of the Temporal Schedule that starts it, and prefix of its workflow ids. */
export const COMPARE_BILLING_SCHEDULE_ID = 'compare-billing';

/** Time limit of a comparison, in seconds; the schedule starts no other one meanwhile. */
export const COMPARE_BILLING_SECONDS = 1800;

/** Result of a comparison: what was compared, and how many findings were opened or ended by it, or stayed. */
export interface BillingComparison {
  tenants: number;
  subscriptions: number;
  /** Open problems, those that an operator has resolved included. */
  findings: number;
}
