import type Stripe from 'stripe';
import { dashName } from '../../../contract/ids';
import type { ResourceContext, ResourceKind } from '../../kind';
import { pricesOf, type BillingCycle, type PlanBilling } from './catalog';
import { idempotently } from './idempotent';
import { marks, orAbsent, ours, since, tenantOf } from './marks';

/** What a tenant subscribes to. */
export interface SubscriptionSpec {
  plan: PlanBilling;
  cycle: BillingCycle;
  /** Id of the tenant's billing account. */
  customer: string;
  /** A method attached to that account, as the payment-method check returned it. */
  paymentMethod?: string | undefined;
}

/** Days until a subscription would begin to charge by itself; every run is over long before, one way or the other. */
const TRIAL_DAYS = 365;

/**
 * A tenant's subscription, ours by metadata, made by one atomic call on trial: it takes no money until `activateSubscription` ends the
 * trial. Canceled ones count as absent. Source: https://docs.stripe.com/api/subscriptions.
 */
export function subscriptionKind(stripe: Stripe): ResourceKind<SubscriptionSpec> {
  return {
    kind: 'billing-subscription',
    provider: 'stripe',
    global: true,
    name: dashName,

    async find(context) {
      const [subscription] = await subscriptionsOf(stripe, context, context.spec?.customer);
      if (subscription === undefined) return { state: 'absent' };
      return { state: 'present', id: subscription.id, facts: factsOf(subscription) };
    },

    async create(context) {
      const { spec, idempotencyKey, signal, name } = context;
      const [existing] = await subscriptionsOf(stripe, context, spec.customer);
      if (existing !== undefined) return { id: existing.id, facts: factsOf(existing) };
      const prices = await pricesOf(stripe, spec.plan, spec.cycle);
      signal.throwIfAborted();
      const params: Stripe.SubscriptionCreateParams = {
        customer: spec.customer,
        items: prices.map((price) => ({ price })),
        collection_method: 'charge_automatically',
        // From the ledger's time, not from now: a repeat must carry the same parameters.
        trial_end: Math.floor(context.intendedAt.getTime() / 1000) + TRIAL_DAYS * 86_400,
        trial_settings: { end_behavior: { missing_payment_method: 'create_invoice' } },
        off_session: true,
        description: name,
        metadata: marks(context),
        ...(spec.paymentMethod === undefined ? {} : { default_payment_method: spec.paymentMethod }),
      };
      const made = await idempotently(idempotencyKey, (options) => stripe.subscriptions.create(params, options));
      return { id: made.id, facts: factsOf(made) };
    },

    async remove(context) {
      for (const { id } of await subscriptionsOf(stripe, context)) await orAbsent(stripe.subscriptions.cancel(id));
    },

    list: (_region, signal) => ours(stripe.subscriptions.list({ limit: 100 }), signal),
  };
}

/**
 * Every live subscription of this tenant, oldest first. Of its billing account where that is known: the list of everybody's grows with each tenant
 * that is ordered at the same time.
 */
async function subscriptionsOf(
  stripe: Stripe,
  context: ResourceContext<unknown>,
  customer?: string,
): Promise<Stripe.Subscription[]> {
  const { id, tenantId, signal } = context;
  const found = new Map<string, Stripe.Subscription>();
  const add = (subscription: Stripe.Subscription) => {
    const live = subscription.status !== 'canceled' && subscription.status !== 'incomplete_expired';
    if (live && tenantOf(subscription.metadata) === tenantId) found.set(subscription.id, subscription);
  };
  signal.throwIfAborted();
  const known = id === undefined ? undefined : await orAbsent(stripe.subscriptions.retrieve(id));
  if (known !== undefined) add(known);
  for await (const subscription of stripe.subscriptions.list({ ...since(context), ...(customer && { customer }) })) {
    signal.throwIfAborted();
    add(subscription);
  }
  return [...found.values()].sort((a, b) => a.created - b.created);
}

function factsOf({ customer, items }: Stripe.Subscription): Record<string, unknown> {
  return {
    customer: typeof customer === 'string' ? customer : customer.id,
    prices: items.data.map(({ price }) => price.lookup_key ?? price.id),
  };
}
