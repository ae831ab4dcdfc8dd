import Stripe from 'stripe';
import { failure } from '../../port/failures';
import { idempotently } from '../idempotent';

/** The subscription to activate. */
export interface Activation {
  tenantId: string;
  /** The subscription's id, from the ledger. */
  subscription: string;
  /** `operationId:billing-activation:generation`. */
  idempotencyKey: string;
  signal: AbortSignal;
}

/** Billing of an active tenant: paid, or waiting for a payment that operators must be told about. */
export interface BillingState {
  billing: 'active' | 'past_due';
}

/**
 * Ends the trial after the pivot, which charges the first period now. Safe to repeat: a subscription whose trial has ended is only read. A
 * declined charge or a canceled subscription is `past_due`, never an error, because neither is a reason to remove the tenant. A pause of
 * payment collection is never ended here. While it lasts the trial does not end either, because Stripe would void the first charge.
 */
export async function activateSubscription(
  stripe: Stripe,
  { tenantId, subscription: id, idempotencyKey, signal }: Activation,
): Promise<BillingState> {
  signal.throwIfAborted();
  const before = await stripe.subscriptions.retrieve(id);
  if (before.status !== 'trialing') return stateOf(before);
  if (before.pause_collection)
    throw failure(
      'ProviderUnavailable',
      `subscription of tenant ${tenantId}: payment collection is paused, so the first charge waits until it is resumed.`,
    );
  try {
    const params: Stripe.SubscriptionUpdateParams = {
      trial_end: 'now',
      proration_behavior: 'none',
      payment_behavior: 'allow_incomplete',
      off_session: true,
    };
    const after = await idempotently(idempotencyKey, (options) => stripe.subscriptions.update(id, params, options));
    if (after.status === 'trialing')
      throw failure('OutcomeUnknown', `subscription of tenant ${tenantId}: Stripe still shows it as on trial.`);
    return stateOf(after);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError) return { billing: 'past_due' };
    throw error;
  }
}

function stateOf({ status }: Stripe.Subscription): BillingState {
  return { billing: status === 'active' ? 'active' : 'past_due' };
}
