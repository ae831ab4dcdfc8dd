import { z } from 'zod';
import { refused } from '../requests/errors';
import { flag, integer, mergeMetadata, metadata, text } from '../requests/params';
import { newId } from '../state/ids';
import type { Subscription, SubscriptionItem } from '../state/objects';
import type { Transaction } from '../state/transaction';
import { prorate } from './proration';

/** Parameters of an item of a new subscription. */
export const itemParams = z.strictObject({ metadata: metadata.optional(), price: text, quantity: integer.optional() });

/** Parameters of an item of a subscription that is changed: one that is there, by its id, or a new one. */
export const itemChangeParams = z.strictObject({
  id: text.optional(),
  deleted: flag.optional(),
  price: text.optional(),
  quantity: integer.optional(),
});

/** What a change of items comes to for the rest of the period; as at Stripe, it is on the next invoice by default. */
export const prorationBehavior = z.enum(['always_invoice', 'create_prorations', 'none']);

/** Changes the items of a subscription. Throws if it has no such item, or if none would be left. */
export function changeItems(
  tx: Transaction,
  subscription: Subscription,
  changes: readonly z.output<typeof itemChangeParams>[],
  proration: z.output<typeof prorationBehavior> = 'create_prorations',
): void {
  const period = subscription.items.data[0]!;
  let items = subscription.items.data;
  changes.forEach(({ id, deleted, price, quantity }, index) => {
    const param = `items[${index}]`;
    if (id === undefined) {
      if (price === undefined) throw refused('Missing required param: price.', { param: `${param}[price]` });
      if (items.some((item) => item.price.id === price))
        throw refused('Cannot add multiple subscription items with the same price.', { param });
      const { current_period_start, current_period_end } = period;
      const entry = { price, ...(quantity === undefined ? {} : { quantity }) };
      items = [
        ...items,
        { ...itemOf(tx, subscription.id, entry, `${param}[price]`), current_period_start, current_period_end },
      ];
      return;
    }
    if (!items.some((item) => item.id === id))
      throw refused(`No such subscription item: '${id}'`, { code: 'resource_missing', param: `${param}[id]` });
    if (deleted) items = items.filter((item) => item.id !== id);
    else
      items = items.map((item) =>
        item.id !== id
          ? item
          : {
              ...item,
              ...(price === undefined ? {} : { price: tx.need('price', price, `${param}[price]`) }),
              ...(quantity === undefined ? {} : { quantity }),
            },
      );
  });
  if (items.length === 0) throw refused('A subscription must have at least one active plan.', { param: 'items' });
  if (proration !== 'none') {
    const { interval } = period.price.recurring!;
    if (items.some(({ price }) => price.recurring?.interval !== interval))
      throw refused('This server prorates no change of the interval.', { param: 'proration_behavior' });
    prorate(tx, subscription, subscription.items.data, items);
  }
  subscription.items.data = items;
}

/** A new item of a subscription. Throws if its price cannot be subscribed to. */
export function itemOf(
  tx: Transaction,
  subscription: string,
  entry: z.output<typeof itemParams>,
  param: string,
): SubscriptionItem {
  const price = tx.need('price', entry.price, param);
  if (!price.active)
    throw refused('The price specified is inactive. This field only accepts active prices.', { param });
  if (price.recurring === null)
    throw refused(
      'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
      { param },
    );
  const metered = price.recurring.usage_type === 'metered';
  if (metered && entry.quantity !== undefined)
    throw refused('You cannot set the quantity for metered plans.', { param });
  return {
    id: newId('si', 14),
    object: 'subscription_item',
    created: tx.now,
    current_period_end: tx.now,
    current_period_start: tx.now,
    discounts: [],
    metadata: mergeMetadata({}, entry.metadata),
    price,
    ...(metered ? {} : { quantity: entry.quantity ?? 1 }),
    subscription,
    tax_rates: [],
  };
}
