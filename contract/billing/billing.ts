/** The workflow type that follows one tenant's payments: what the billing provider reports, and what the plan does about arrears. */
export const WATCH_BILLING = 'watchBilling';

/** Signal without payload: the billing provider has reported something. The run reads from the registry what that is. */
export const BILLING_SIGNAL = 'billingReported';

/** Caller recorded for the operations that dunning begins. */
export const DUNNING_CALLER = 'dunning';

/** Input of {@link WATCH_BILLING}. */
export interface BillingInput {
  tenantId: string;
  /** The operation that provisioned the tenant. */
  operationId: string;
}

/** Workflow id of the run that follows a tenant's payments. */
export function billingWorkflowId(tenantId: string): string {
  return `billing/${tenantId}`;
}

/** The workflow type that finds out whose accounts events are about that do not say so. One run at a time. */
export const ASSIGN_BILLING = 'assignBillingEvents';

/** Workflow id of that run. */
export const ASSIGN_BILLING_WORKFLOW_ID = 'billing-events';

/** How a payment went; `action_required`: the payment method's owner must authenticate. */
export const PAYMENT_STATES = ['succeeded', 'failed', 'action_required'] as const;

/** One of {@link PAYMENT_STATES}. */
export type PaymentState = (typeof PAYMENT_STATES)[number];

/**
 * The types of Stripe's events that change something here; others are answered and passed over
 * (https://docs.stripe.com/api/events/types).
 */
export const STRIPE_EVENT_TYPES: readonly string[] = [
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.payment_action_required',
  'invoice.voided',
  'invoice.marked_uncollectible',
  'invoice.upcoming',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'customer.source.expiring',
  'charge.dispute.created',
  'charge.dispute.closed',
  'payment_method.attached',
  'payment_method.automatically_updated',
  'payment_method.updated',
];
