import type Stripe from 'stripe';
import { failure } from '../../port/failures';
import type { ResourceContext } from '../../port/kind';
import { tenantOf } from '../marks';

/** Seconds that a period must still last for the replacement to begin to charge only at its end: Stripe wants that to be in the future. */
const SHORTEST = 300;

/**
 * What a subscription that takes the place of a cancelled one takes over from it: its payment method, and what is paid for already. It begins to
 * charge when the cancelled one would have charged next, or at once if that is past. One that was cancelled on trial is replaced by one on
 * trial. Throws `ProviderRefused` if Stripe knows no cancelled one: then it cannot be said what is paid for.
 */
export async function continuing(
  stripe: Stripe,
  { tenantId, spec, signal }: ResourceContext<{ customer: string }>,
): Promise<Partial<Stripe.SubscriptionCreateParams>> {
  let newest: Stripe.Subscription | undefined;
  for await (const each of stripe.subscriptions.list({ customer: spec.customer, status: 'canceled', limit: 100 })) {
    signal.throwIfAborted();
    if (tenantOf(each.metadata) === tenantId && (newest === undefined || each.created > newest.created)) newest = each;
  }
  if (newest === undefined)
    throw failure(
      'ProviderRefused',
      `subscription of tenant ${tenantId}: Stripe has no cancelled one, so until when the tenant has paid is not known. Make a subscription by hand.`,
    );
  const { default_payment_method: method, trial_end: trialEnd, canceled_at: cancelledAt, items } = newest;
  const methodId = typeof method === 'string' ? method : method?.id;
  const taken = methodId === undefined ? {} : { default_payment_method: methodId };
  const wasOnTrial = trialEnd !== null && cancelledAt !== null && cancelledAt < trialEnd;
  if (wasOnTrial) return taken;
  const paidUntil = Math.max(...items.data.map((item) => item.current_period_end));
  const later = paidUntil > Date.now() / 1000 + SHORTEST;
  return {
    ...taken,
    trial_end: later ? paidUntil : 'now',
    ...(later ? {} : { payment_behavior: 'allow_incomplete' as const }),
  };
}
