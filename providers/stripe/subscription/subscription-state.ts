import type Stripe from 'stripe';
import type { BillingProblem } from '../../../contract/billing/problems';
import { orAbsent } from '../marks';
import { pausedByOthers } from './subscription-access';
import { isChanged, type Pricing } from './subscription-items';

/** Problems that {@link subscriptionProblems} looks for. */
export const SUBSCRIPTION_PROBLEMS = [
  'subscription_cancelled',
  'subscription_changed',
  'collection_paused',
  'card_expiring',
] as const satisfies BillingProblem[];

/**
 * What is not as this product has set it up, or will soon stop payments. `pricing`: what the ledger has. Empty for a
 * subscription of another tenant.
 */
export async function subscriptionProblems(
  stripe: Stripe,
  { id, pricing, now, signal }: { id: string; pricing: Pricing; now: Date; signal: AbortSignal },
): Promise<BillingProblem[]> {
  signal.throwIfAborted();
  const subscription = await orAbsent(stripe.subscriptions.retrieve(id, { expand: ['default_payment_method'] }));
  if (subscription === undefined || subscription.status === 'canceled') return ['subscription_cancelled'];
  return [
    ...problemsBesidePrices(subscription, now),
    ...(isChanged(subscription.items.data, pricing) ? (['subscription_changed'] as const) : []),
  ];
}

/** What is not as this product has set it up, or will soon stop payments, of a subscription with its payment method: beside its prices. */
export function problemsBesidePrices(subscription: Stripe.Subscription, now: Date): BillingProblem[] {
  const { cancel_at_period_end: ends, cancel_at: endsAt, default_payment_method: method } = subscription;
  const card = typeof method === 'object' ? method?.card : undefined;
  return [
    ...(ends || endsAt !== null ? (['subscription_cancelled'] as const) : []),
    ...(pausedByOthers(subscription) ? (['collection_paused'] as const) : []),
    ...(card && expiresSoon(card, now) ? (['card_expiring'] as const) : []),
  ];
}

/** Whether a card is valid until the end of the next month at most. Cards are valid until the end of the month that they name. */
function expiresSoon({ exp_month: month, exp_year: year }: Stripe.PaymentMethod.Card, now: Date): boolean {
  return year * 12 + month - 1 <= now.getUTCFullYear() * 12 + now.getUTCMonth() + 1;
}
