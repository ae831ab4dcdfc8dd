import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import { PRORATIONS, type Proration } from '../../../contract/billing/terms';
import { failure } from '../../port/failures';
import type { ResourceKind } from '../../port/kind';
import { pricesNamed } from '../catalog';
import { idempotently } from '../idempotent';
import { idOf } from '../payments/payments';
import { CHANGES } from './subscription-access';
import { currentSubscription } from './live-subscriptions';

/**
 * The prices and quantities of a tenant's subscription, compared with the prices that the ledger has, each once. Changing them back is prorated
 * as the template of the tenant says, by default not at all: what was charged meanwhile stays charged.
 * Source: https://docs.stripe.com/api/subscriptions/update.
 */
export function subscriptionItems(stripe: Stripe): Required<Pick<ResourceKind, 'differences' | 'mend'>> {
  return {
    async differences(context, facts) {
      const subscription = await currentSubscription(stripe, context);
      const wanted = pricingOf(facts);
      if (subscription === undefined || wanted === undefined) return [];
      const items = subscription.items.data;
      if (!isChanged(items, wanted)) return [];
      const was = `${wanted.prices.join(', ')}${wanted.quantity === 1 ? '' : ` × ${wanted.quantity}`}`;
      return [{ what: 'prices', was, is: items.map(textOf).join(', ') }];
    },

    async mend(context, facts) {
      const subscription = await currentSubscription(stripe, context);
      const wanted = pricingOf(facts);
      if (subscription === undefined || wanted === undefined || !isChanged(subscription.items.data, wanted)) return;
      const params: Stripe.SubscriptionUpdateParams = {
        items: await changesOf(stripe, subscription.items.data, wanted),
        proration_behavior: BEHAVIORS[PRORATIONS.find((each) => each === facts['proration']) ?? 'none'],
        metadata: { [CHANGES]: String(Number(subscription.metadata[CHANGES] ?? 0) + 1) },
      };
      const digest = createHash('sha256').update(JSON.stringify(params)).digest('hex').slice(0, 16);
      context.signal.throwIfAborted();
      const after = await idempotently(`${context.idempotencyKey}:items:${digest}`, (options) =>
        stripe.subscriptions.update(subscription.id, params, options),
      );
      if (isChanged(after.items.data, wanted))
        throw failure(
          'OutcomeUnknown',
          `subscription of tenant ${context.tenantId}: Stripe does not show the prices that it was given back.`,
        );
    },
  };
}

/** Stripe's names for the ways to prorate a change. */
const BEHAVIORS: Record<Proration, Stripe.SubscriptionUpdateParams.ProrationBehavior> = {
  none: 'none',
  next_invoice: 'create_prorations',
  at_once: 'always_invoice',
};

/** What of an item its price and its quantity are compared by. */
export type PricedItem = { price: Pick<Stripe.Price, 'id' | 'lookup_key' | 'product'>; quantity?: number };

/** The prices of a subscription, and how often those are charged that are not metered. */
export interface Pricing {
  /** Lookup keys. */
  prices: readonly string[];
  quantity: number;
}

/** Whether a subscription has other prices than these, or another quantity. */
export function isChanged(items: readonly PricedItem[], { prices, quantity }: Pricing): boolean {
  return items.length !== prices.length || items.some((item) => !isOurs(item, prices) || !hasQuantity(item, quantity));
}

async function changesOf(
  stripe: Stripe,
  items: readonly Stripe.SubscriptionItem[],
  { prices, quantity }: Pricing,
): Promise<Stripe.SubscriptionUpdateParams.Item[]> {
  const kept = new Map<string, Stripe.SubscriptionItem>();
  const wrong: Stripe.SubscriptionItem[] = [];
  for (const item of items) {
    const name = prices.find((each) => isOurs(item, [each]));
    if (name === undefined || kept.has(name)) wrong.push(item);
    else kept.set(name, item);
  }
  const missing = prices.filter((price) => !kept.has(price));
  const ids = await pricesNamed(stripe, missing);
  // The plan's own price comes first; the others are metered.
  const quantityAs = (name: string): { quantity?: number } =>
    name === prices[0] && quantity !== 1 ? { quantity } : {};
  return [
    ...[...kept.values()].filter((item) => !hasQuantity(item, quantity)).map(({ id }) => ({ id, quantity })),
    ...wrong.map(({ id }) => ({ id, deleted: true })),
    ...ids.map((price, index) => ({ price, ...quantityAs(missing[index]!) })),
  ];
}

/** Whether an item has one of these prices. One whose key a newer price has taken over has none, and is known by its product. */
function isOurs({ price }: PricedItem, prices: readonly string[]): boolean {
  const { lookup_key: key, id, product } = price;
  if (key !== null) return prices.includes(key);
  return prices.some((each) => each === id || each.startsWith(`${idOf(product)}-`));
}

/** Whether an item is charged as often as wanted. Metered items have no quantity. */
function hasQuantity(item: PricedItem, quantity: number): boolean {
  return item.quantity === undefined || item.quantity === quantity;
}

function textOf(item: PricedItem): string {
  const { quantity = 1 } = item;
  return `${item.price.lookup_key ?? item.price.id}${quantity === 1 ? '' : ` × ${quantity}`}`;
}

/** What the ledger has of a subscription's prices; undefined in rows from before it had them. */
function pricingOf({ prices, quantity }: Record<string, unknown>): Pricing | undefined {
  if (!Array.isArray(prices)) return undefined;
  return { prices: prices as string[], quantity: typeof quantity === 'number' ? quantity : 1 };
}
