import Stripe from 'stripe';
import type { ProvisioningTemplate } from '../../../templates/template';
import { failure } from '../../failures';

/** What of a template is billed. */
export type PlanBilling = Pick<ProvisioningTemplate, 'subscriptionPlan' | 'templateName' | 'billing'>;

/** How often a plan is billed. */
export type BillingCycle = 'monthly' | 'yearly';

const INTERVAL = { monthly: 'month', yearly: 'year' } as const;

interface WantedPrice {
  lookupKey: string;
  product: string;
  currency: string;
  amount: number;
  cycle: BillingCycle;
  meter?: string;
}

/** The price of a plan, by its lookup key: `plan-starter-monthly`. */
export function planPriceKey(plan: string, cycle: BillingCycle): string {
  return `plan-${plan}-${cycle}`;
}

/** The price under which a meter's usage is shown on invoices: `usage-api_calls-monthly-eur`. */
export function usagePriceKey(eventName: string, cycle: BillingCycle, currency: string): string {
  return `usage-${eventName}-${cycle}-${currency}`;
}

/**
 * Makes the products, prices and meters that the plans need, and corrects prices whose amount changed (a new price takes over the lookup
 * key; subscriptions keep the one they have). Safe to repeat and for several workers at once. Usage is counted and shown, at no charge.
 */
export async function prepareCatalog(
  stripe: Stripe,
  plans: readonly PlanBilling[],
  signal: AbortSignal,
): Promise<void> {
  for (const { subscriptionPlan: plan, templateName, billing } of plans) {
    signal.throwIfAborted();
    const product = await ensureProduct(stripe, `plan-${plan}`, templateName);
    for (const cycle of ['monthly', 'yearly'] as const) {
      const common = { currency: billing.currency, cycle };
      await ensurePrice(stripe, {
        ...common,
        lookupKey: planPriceKey(plan, cycle),
        product,
        amount: billing.prices[cycle],
      });
      for (const { eventName, displayName } of billing.meters) {
        const meter = await ensureMeter(stripe, eventName, displayName);
        const usage = await ensureProduct(stripe, `usage-${eventName}`, displayName);
        const lookupKey = usagePriceKey(eventName, cycle, billing.currency);
        await ensurePrice(stripe, { ...common, lookupKey, product: usage, amount: 0, meter });
      }
    }
  }
}

/** The prices of one subscription to a plan. Throws `ProviderUnavailable` when the catalog has not been prepared. */
export async function pricesOf(stripe: Stripe, plan: PlanBilling, cycle: BillingCycle): Promise<string[]> {
  const { billing, subscriptionPlan } = plan;
  const keys = [
    planPriceKey(subscriptionPlan, cycle),
    ...billing.meters.map(({ eventName }) => usagePriceKey(eventName, cycle, billing.currency)),
  ];
  const found = new Map<string | null, string>();
  // Stripe takes ten lookup keys at a time.
  for (let from = 0; from < keys.length; from += 10) {
    const { data } = await stripe.prices.list({ lookup_keys: keys.slice(from, from + 10), active: true, limit: 100 });
    for (const price of data) found.set(price.lookup_key, price.id);
  }
  return keys.map((key) => {
    const id = found.get(key);
    if (id === undefined)
      throw failure(
        'ProviderUnavailable',
        `Stripe has no active price ${key} (yet): a worker makes it when it starts.`,
      );
    return id;
  });
}

async function ensureProduct(stripe: Stripe, id: string, name: string): Promise<string> {
  const { data } = await stripe.products.list({ ids: [id] });
  if (data[0] !== undefined) return id;
  await unlessTaken(stripe.products.create({ id, name }), 'id');
  return id;
}

async function ensureMeter(stripe: Stripe, eventName: string, displayName: string): Promise<string> {
  const find = async () => {
    for await (const meter of stripe.billing.meters.list({ status: 'active', limit: 100 }))
      if (meter.event_name === eventName) return meter.id;
    return undefined;
  };
  const known = await find();
  if (known !== undefined) return known;
  const made = await unlessTaken(
    stripe.billing.meters.create({
      event_name: eventName,
      display_name: displayName,
      default_aggregation: { formula: 'sum' },
    }),
    'event_name',
  );
  const id = made?.id ?? (await find());
  if (id === undefined)
    throw failure('ProviderRefused', `Stripe says the meter ${eventName} exists and does not list it.`);
  return id;
}

async function ensurePrice(stripe: Stripe, wanted: WantedPrice): Promise<void> {
  const { lookupKey, product, currency, amount, cycle, meter } = wanted;
  const holder = (await stripe.prices.list({ lookup_keys: [lookupKey], limit: 1 })).data[0];
  const right =
    holder?.active &&
    holder.unit_amount === amount &&
    holder.currency === currency &&
    (holder.recurring?.meter ?? undefined) === meter;
  if (right && holder.recurring?.interval === INTERVAL[cycle]) return;
  const usage = meter === undefined ? {} : { meter, usage_type: 'metered' as const };
  const price: Stripe.PriceCreateParams = {
    product,
    currency,
    unit_amount: amount,
    lookup_key: lookupKey,
    recurring: { interval: INTERVAL[cycle], ...usage },
    // Without this a second worker's attempt is refused instead of making a twin.
    ...(holder === undefined ? {} : { transfer_lookup_key: true }),
  };
  await unlessTaken(stripe.prices.create(price), 'lookup_key');
}

/** Undefined when somebody else was quicker: Stripe then refuses the parameter that must be unique. */
async function unlessTaken<T>(promise: Promise<T>, param: string): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    const taken = error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 400;
    if (taken && (error.param === param || error.code === 'resource_already_exists')) return undefined;
    throw error;
  }
}
