import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import { failure } from '../../port/failures';
import type { ResourceKind } from '../../port/kind';
import { pricesNamed } from '../catalog';
import { idempotently } from '../idempotent';
import { idOf } from '../payments/payments';
import { CHANGES } from './subscription-access';
import { currentSubscription } from './live-subscriptions';

/**
 * The prices and quantities of a tenant's subscription, compared with the prices that the ledger has, each once. Changing them back is not
 * prorated: what was charged meanwhile stays charged.
 * Source: https://docs.stripe.com/api/subscriptions/update.
 */
export function subscriptionItems(stripe: Stripe): Required<Pick<ResourceKind, 'differences' | 'mend'>> {
  return {
    async differences(context, { prices }) {
      const subscription = await currentSubscription(stripe, context);
      if (subscription === undefined || !isNames(prices)) return [];
      const items = subscription.items.data;
      if (!isChanged(items, prices)) return [];
      return [{ what: 'prices', was: prices.join(', '), is: items.map(textOf).join(', ') }];
    },

    async mend(context, { prices }) {
      const subscription = await currentSubscription(stripe, context);
      if (subscription === undefined || !isNames(prices) || !isChanged(subscription.items.data, prices)) return;
      const params: Stripe.SubscriptionUpdateParams = {
        items: await changesOf(stripe, subscription.items.data, prices),
        proration_behavior: 'none',
        metadata: { [CHANGES]: String(Number(subscription.metadata[CHANGES] ?? 0) + 1) },
      };
      const digest = createHash('sha256').update(JSON.stringify(params)).digest('hex').slice(0, 16);
      context.signal.throwIfAborted();
      const after = await idempotently(`${context.idempotencyKey}:items:${digest}`, (options) =>
        stripe.subscriptions.update(subscription.id, params, options),
      );
      if (isChanged(after.items.data, prices))
        throw failure(
          'OutcomeUnknown',
          `subscription of tenant ${context.tenantId}: Stripe does not show the prices that it was given back.`,
        );
    },
  };
}

/** What of an item its price and its quantity are compared by. */
export type PricedItem = { price: Pick<Stripe.Price, 'id' | 'lookup_key' | 'product'>; quantity?: number };

/** Whether a subscription has other prices than these, or another quantity than one. */
export function isChanged(items: readonly PricedItem[], prices: readonly string[]): boolean {
  return items.length !== prices.length || items.some((item) => !isOurs(item, prices) || quantityOf(item) !== 1);
}

async function changesOf(
  stripe: Stripe,
  items: readonly Stripe.SubscriptionItem[],
  prices: readonly string[],
): Promise<Stripe.SubscriptionUpdateParams.Item[]> {
  const kept = new Map<string, Stripe.SubscriptionItem>();
  const wrong: Stripe.SubscriptionItem[] = [];
  for (const item of items) {
    const name = prices.find((each) => isOurs(item, [each]));
    if (name === undefined || kept.has(name)) wrong.push(item);
    else kept.set(name, item);
  }
  const missing = await pricesNamed(
    stripe,
    prices.filter((price) => !kept.has(price)),
  );
  return [
    ...[...kept.values()].filter((item) => quantityOf(item) !== 1).map(({ id }) => ({ id, quantity: 1 })),
    ...wrong.map(({ id }) => ({ id, deleted: true })),
    ...missing.map((price) => ({ price })),
  ];
}

/** Whether an item has one of these prices. One whose key a newer price has taken over has none, and is known by its product. */
function isOurs({ price }: PricedItem, prices: readonly string[]): boolean {
  const { lookup_key: key, id, product } = price;
  if (key !== null) return prices.includes(key);
  return prices.some((each) => each === id || each.startsWith(`${idOf(product)}-`));
}

/** Metered items have no quantity. */
function quantityOf({ quantity = 1 }: PricedItem): number {
  return quantity;
}

function textOf(item: PricedItem): string {
  const quantity = quantityOf(item);
  return `${item.price.lookup_key ?? item.price.id}${quantity === 1 ? '' : ` × ${quantity}`}`;
}

function isNames(prices: unknown): prices is string[] {
  return Array.isArray(prices);
}
