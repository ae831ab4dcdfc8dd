import { z } from 'zod';
import { refused } from '../requests/errors';
import { integer, mergeMetadata, metadata, text } from '../requests/params';
import { newId } from '../state/ids';
import type { SubscriptionItem } from '../state/objects';
import type { Transaction } from '../state/transaction';

/** Parameters of an item of a new subscription. */
export const itemParams = z.strictObject({ metadata: metadata.optional(), price: text, quantity: integer.optional() });

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
