import { newId } from '../state/ids';
import type { InvoiceItem, Subscription, SubscriptionItem } from '../state/objects';
import type { Transaction } from '../state/transaction';

/**
 * Notes what a change of a subscription's items comes to for the rest of the current period: a credit for what is not used any more, and a
 * charge for what takes its place. The subscription's next invoice has both. Nothing was charged for a trial, so nothing is prorated on one.
 * Metered items are charged by usage (https://docs.stripe.com/billing/subscriptions/prorations). The end of a subscription before its time is a
 * change to no items.
 */
export function prorate(
  tx: Transaction,
  subscription: Subscription,
  before: readonly SubscriptionItem[],
  after: readonly SubscriptionItem[],
): void {
  if (subscription.status !== 'active' && subscription.status !== 'past_due') return;
  const differs = (one: SubscriptionItem, others: readonly SubscriptionItem[]): boolean =>
    !others.some(({ id, price, quantity }) => id === one.id && price.id === one.price.id && quantity === one.quantity);
  for (const item of before) if (differs(item, after)) note(tx, subscription, item, -1);
  for (const item of after) if (differs(item, before)) note(tx, subscription, item, 1);
}

function note(tx: Transaction, subscription: Subscription, item: SubscriptionItem, sign: 1 | -1): void {
  const { price, quantity, current_period_start: start, current_period_end: end } = item;
  if (quantity === undefined) return;
  const share = Math.min(1, Math.max(0, end - tx.now) / (end - start));
  tx.put<InvoiceItem>({
    id: newId('ii'),
    object: 'invoiceitem',
    created: tx.now,
    amount: sign * Math.round((price.unit_amount ?? 0) * quantity * share),
    description: `${sign < 0 ? 'Unused' : 'Remaining'} time on ${quantity} × ${price.lookup_key ?? price.id}`,
    invoice: null,
    item: item.id,
    period: { start: tx.now, end },
    price,
    quantity,
    subscription: subscription.id,
  });
}

/** What is noted for a subscription's next invoice. */
export function pendingItems(tx: Transaction, subscription: Subscription): InvoiceItem[] {
  return tx.all('invoiceitem').filter((each) => each.invoice === null && each.subscription === subscription.id);
}
