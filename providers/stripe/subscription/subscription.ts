import type Stripe from 'stripe';
import { dashName } from '../../../contract/ids';
import type { ResourceKind } from '../../port/kind';
import { itemsOf, keptOf, termsOf, type BillingCycle, type PlanBilling } from '../catalog';
import { endSubscription } from '../ending';
import { idempotently } from '../idempotent';
import { customerOf, subscriptionsOf } from './live-subscriptions';
import { marks, listOurs } from '../marks';
import { continuing } from './replacement';
import { subscriptionAccess } from './subscription-access';
import { subscriptionItems } from './subscription-items';

/** Content of a tenant's subscription. */
export interface SubscriptionSpec {
  plan: PlanBilling;
  cycle: BillingCycle;
  /** Id of the tenant's billing account. */
  customer: string;
  /** Id of a payment method attached to that account, as returned by the payment-method check. */
  paymentMethod?: string | undefined;
  /** It takes the place of one that was cancelled, see `replacement.ts`. */
  again?: true | undefined;
}

/** Days until a subscription would start to charge on its own. Every run ends long before that. */
const TRIAL_DAYS = 365;

/**
 * A tenant's subscription, marked as ours in its metadata and created by one atomic call. It starts on trial, so it charges nothing until
 * `activateSubscription` ends the trial. Canceled ones count as absent. Source: https://docs.stripe.com/api/subscriptions.
 */
export function subscriptionKind(stripe: Stripe): ResourceKind<SubscriptionSpec> {
  return {
    kind: 'billing-subscription',
    provider: 'stripe',
    actsOnce: true,
    global: true,
    remakeable: true,
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
      const items = await itemsOf(stripe, spec.plan, spec.cycle);
      signal.throwIfAborted();
      const params: Stripe.SubscriptionCreateParams = {
        customer: spec.customer,
        items,
        ...termsOf(spec.plan),
        collection_method: 'charge_automatically',
        // Counted from the ledger row's time, because a repeat under the same key must have the same parameters.
        trial_end: Math.floor(context.intendedAt.getTime() / 1000) + TRIAL_DAYS * 86_400,
        trial_settings: { end_behavior: { missing_payment_method: 'create_invoice' } },
        off_session: true,
        description: name,
        metadata: { ...marks(context), ...keptOf(spec.plan.billing) },
        ...(spec.paymentMethod === undefined ? {} : { default_payment_method: spec.paymentMethod }),
        ...(spec.again ? await continuing(stripe, context) : {}),
      };
      const made = await idempotently(idempotencyKey, (options) => stripe.subscriptions.create(params, options));
      return { id: made.id, facts: factsOf(made) };
    },

    ...subscriptionAccess(stripe),
    ...subscriptionItems(stripe),

    async remove(context) {
      for (const subscription of await subscriptionsOf(stripe, context))
        await endSubscription(stripe, subscription, context);
    },

    list: (_region, signal) => listOurs(stripe.subscriptions.list({ limit: 100 }), signal),
  };
}

function factsOf(subscription: Stripe.Subscription): Record<string, unknown> {
  const items = subscription.items.data;
  const { quantity = 1 } = items.find((item) => item.quantity !== undefined) ?? {};
  const { proration } = subscription.metadata;
  return {
    customer: customerOf(subscription),
    prices: items.map(({ price }) => price.lookup_key ?? price.id),
    ...(quantity === 1 ? {} : { quantity }),
    ...(proration === undefined ? {} : { proration }),
  };
}
