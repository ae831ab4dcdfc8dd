import type { Classify } from '../../failures';
import type { ResourceKind } from '../../kind';
import { activateSubscription, type Activation, type BillingState } from './activation';
import { prepareCatalog, type PlanBilling } from './catalog';
import { classifyStripe } from './classify';
import { createClient } from './client';
import { customerKind, type CustomerSpec } from './customer';
import { checkPaymentMethod, type PaymentMethodCheck } from './payment-method';
import type { StripeSettings } from './settings';
import { subscriptionKind, type SubscriptionSpec } from './subscription';

/** The billing provider: an account a tenant, and a subscription that charges only after the pivot. */
export interface Billing {
  customer: ResourceKind<CustomerSpec>;
  subscription: ResourceKind<SubscriptionSpec>;
  /** The two above, in the order they are made; region `global`. */
  kinds: ResourceKind[];
  classify: Classify;
  /** Resolves when Stripe takes our key; throws what the client throws. */
  ping(signal: AbortSignal): Promise<void>;
  /** Products, prices and meters of the plans; safe to repeat and for several workers at once. Run it before the first tenant. */
  prepareBilling(plans: readonly PlanBilling[], signal?: AbortSignal): Promise<void>;
  /** Checks the order's payment method with its bank and attaches it; returns the attached method's id. See `payment-method.ts`. */
  checkPaymentMethod(check: PaymentMethodCheck): Promise<string>;
  /** Ends the trial after the pivot; a declined charge is an answer, not an error. See `activation.ts`. */
  activateSubscription(activation: Activation): Promise<BillingState>;
  close(): Promise<void>;
}

/** Stripe through its official SDK. Nothing is sent before the first call; nothing is retried. Throws for a key that must not be used. */
export function createBilling(settings: StripeSettings): Billing {
  const { stripe, close } = createClient(settings);
  const customer = customerKind(stripe);
  const subscription = subscriptionKind(stripe);
  return {
    customer,
    subscription,
    kinds: [customer, subscription],
    classify: classifyStripe,
    ping: async (signal) => {
      signal.throwIfAborted();
      await stripe.accounts.retrieveCurrent();
    },
    prepareBilling: (plans, signal = AbortSignal.timeout(120_000)) => prepareCatalog(stripe, plans, signal),
    checkPaymentMethod: (check) => checkPaymentMethod(stripe, check),
    activateSubscription: (activation) => activateSubscription(stripe, activation),
    close: () => Promise.resolve(close()),
  };
}
