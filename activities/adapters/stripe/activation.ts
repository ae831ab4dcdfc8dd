import Stripe from 'stripe';
import { failure } from '../../failures';
import { idempotently } from './idempotent';

/** Which subscription begins to charge. */
export interface Activation {
  tenantId: string;
  /** Its id, from the ledger. */
  subscription: string;
  /** `operationId:billing-activation:generation`. */
  idempotencyKey: string;
  signal: AbortSignal;
}

/** How billing stands once a tenant is active: paid, or waiting for a payment that people must be told about. */
export interface BillingState {
  billing: 'active' | 'past_due';
}

/**
 * After the pivot: ends the trial, so that the first period is charged now. Safe to repeat: a subscription whose trial has ended is only
 * read. A declined charge – and a subscription somebody canceled – is `past_due`, never an error: a tenant is not taken away for it.
 */
export async function activateSubscription(
  stripe: Stripe,
  { tenantId, subscription: id, idempotencyKey, signal }: Activation,
): Promise<BillingState> {
  signal.throwIfAborted();
  const before = await stripe.subscriptions.retrieve(id);
  if (before.status !== 'trialing') return stateOf(before);
  try {
    const params: Stripe.SubscriptionUpdateParams = {
      trial_end: 'now',
      proration_behavior: 'none',
      payment_behavior: 'allow_incomplete',
      off_session: true,
    };
    const after = await idempotently(idempotencyKey, (options) => stripe.subscriptions.update(id, params, options));
    if (after.status === 'trialing')
      throw failure('OutcomeUnknown', `subscription of tenant ${tenantId}: Stripe still shows it on trial.`);
    return stateOf(after);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError) return { billing: 'past_due' };
    throw error;
  }
}

function stateOf({ status }: Stripe.Subscription): BillingState {
  return { billing: status === 'active' ? 'active' : 'past_due' };
}
