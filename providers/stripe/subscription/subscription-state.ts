import type Stripe from 'stripe';
import type { BillingProblem } from '../../../contract/billing/billing';
import { orAbsent } from '../marks';
import { idOf } from '../payments/payments';
import { pausedByOthers } from './subscription-access';

/** Problems that {@link subscriptionProblems} looks for. */
export const SUBSCRIPTION_PROBLEMS = [
  'subscription_cancelled',
  'subscription_changed',
  'collection_paused',
  'card_expiring',
] as const satisfies BillingProblem[];

/**
 * What is not as this product has set it up, or will soon stop payments. `prices`: the lookup keys that the ledger has. Empty for a
 * subscription of another tenant.
 */
export async function subscriptionProblems(
  stripe: Stripe,
  { id, prices, now, signal }: { id: string; prices: readonly string[]; now: Date; signal: AbortSignal },
): Promise<BillingProblem[]> {
  signal.throwIfAborted();
  const subscription = await orAbsent(stripe.subscriptions.retrieve(id, { expand: ['default_payment_method'] }));
  if (subscription === undefined || subscription.status === 'canceled') return ['subscription_cancelled'];
  const { cancel_at_period_end: ends, cancel_at: endsAt, items, default_payment_method: method } = subscription;
  const card = typeof method === 'object' ? method?.card : undefined;
  return [
    ...(ends || endsAt !== null ? (['subscription_cancelled'] as const) : []),
    ...(isChanged(items.data, prices) ? (['subscription_changed'] as const) : []),
    ...(pausedByOthers(subscription) ? (['collection_paused'] as const) : []),
    ...(card && expiresSoon(card, now) ? (['card_expiring'] as const) : []),
  ];
}

function isChanged(items: readonly Stripe.SubscriptionItem[], prices: readonly string[]): boolean {
  return items.length !== prices.length || items.some((item) => !isOurs(item, prices));
}

/** Whether an item has one of these prices. One whose key a newer price has taken over has none, and is known by its product. */
function isOurs({ price, quantity = 1 }: Stripe.SubscriptionItem, prices: readonly string[]): boolean {
  const { lookup_key: key, id, product } = price;
  const known =
    key === null ? prices.some((each) => each === id || each.startsWith(`${idOf(product)}-`)) : prices.includes(key);
  return known && quantity === 1;
}

/** Whether a card is valid until the end of the next month at most. Cards are valid until the end of the month that they name. */
function expiresSoon({ exp_month: month, exp_year: year }: Stripe.PaymentMethod.Card, now: Date): boolean {
  return year * 12 + month - 1 <= now.getUTCFullYear() * 12 + now.getUTCMonth() + 1;
}
