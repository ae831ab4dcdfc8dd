import type Stripe from 'stripe';
import type { BillingProblem } from '../../contract/billing/problems';
import { tenantOf } from './marks';
import { customerOf } from './subscription/live-subscriptions';
import type { PricedItem } from './subscription/subscription-items';
import { problemsBesidePrices } from './subscription/subscription-state';

/** A customer that this product has made. */
export interface ListedCustomer {
  id: string;
  tenantId: string;
}

/** A subscription that is not cancelled. */
export interface ListedSubscription {
  id: string;
  customerId: string;
  /** The tenant that its marks name; undefined if this product has not made it. */
  tenantId: string | undefined;
  createdAt: Date;
  items: PricedItem[];
  /** What operators should look at, beside prices and quantities. */
  problems: BillingProblem[];
}

/** All customers that this product has made. Source: https://docs.stripe.com/api/customers/list. */
export async function* listCustomers(stripe: Stripe, signal: AbortSignal): AsyncIterable<ListedCustomer> {
  signal.throwIfAborted();
  for await (const { id, metadata } of stripe.customers.list({ limit: 100 })) {
    signal.throwIfAborted();
    const tenantId = tenantOf(metadata);
    if (tenantId !== undefined) yield { id, tenantId };
  }
}

/** All subscriptions that are not cancelled. Source: https://docs.stripe.com/api/subscriptions/list. */
export async function* listSubscriptions(
  stripe: Stripe,
  { now, signal }: { now: Date; signal: AbortSignal },
): AsyncIterable<ListedSubscription> {
  signal.throwIfAborted();
  const all = stripe.subscriptions.list({ limit: 100, expand: ['data.default_payment_method'] });
  for await (const subscription of all) {
    signal.throwIfAborted();
    const { id, metadata, created, items, status } = subscription;
    if (status === 'incomplete_expired') continue;
    yield {
      id,
      customerId: customerOf(subscription),
      tenantId: tenantOf(metadata),
      createdAt: new Date(created * 1000),
      items: items.data.map(({ price, quantity }) => ({ price, ...(quantity === undefined ? {} : { quantity }) })),
      problems: problemsBesidePrices(subscription, now),
    };
  }
}
