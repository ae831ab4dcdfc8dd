import type Stripe from 'stripe';
import type { ResourceContext } from '../../port/kind';
import { orAbsent, since, tenantOf } from '../marks';

/**
 * All live subscriptions of this tenant, oldest first. If the billing account is known only its subscriptions are listed, because the list
 * of the whole account grows with every tenant that is ordered at the same time.
 */
export async function subscriptionsOf(
  stripe: Stripe,
  context: ResourceContext<unknown>,
  customer?: string,
): Promise<Stripe.Subscription[]> {
  const found = new Map<string, Stripe.Subscription>();
  const add = (subscription: Stripe.Subscription) => found.set(subscription.id, subscription);
  const { tenantId, signal } = context;
  const known = await knownSubscription(stripe, context);
  if (known !== undefined && isLive(known, tenantId)) add(known);
  const account = customer ?? (known && customerOf(known));
  for await (const subscription of stripe.subscriptions.list({
    ...since(context),
    ...(account && { customer: account }),
  })) {
    signal.throwIfAborted();
    if (isLive(subscription, tenantId)) add(subscription);
  }
  return [...found.values()].sort((a, b) => a.created - b.created);
}

/** The live subscription whose id the ledger has. Without an id, the oldest of the tenant. Undefined if it was canceled. */
export async function currentSubscription(
  stripe: Stripe,
  context: ResourceContext<unknown>,
): Promise<Stripe.Subscription | undefined> {
  if (context.id !== undefined) {
    const known = await knownSubscription(stripe, context);
    return known !== undefined && isLive(known, context.tenantId) ? known : undefined;
  }
  const [oldest] = await subscriptionsOf(stripe, context);
  return oldest;
}

async function knownSubscription(
  stripe: Stripe,
  { id, signal }: ResourceContext<unknown>,
): Promise<Stripe.Subscription | undefined> {
  signal.throwIfAborted();
  return id === undefined ? undefined : orAbsent(stripe.subscriptions.retrieve(id));
}

/** Id of the customer that pays for a subscription. */
export function customerOf({ customer }: Stripe.Subscription): string {
  return typeof customer === 'string' ? customer : customer.id;
}

function isLive({ status, metadata }: Stripe.Subscription, tenantId: string): boolean {
  return status !== 'canceled' && status !== 'incomplete_expired' && tenantOf(metadata) === tenantId;
}
