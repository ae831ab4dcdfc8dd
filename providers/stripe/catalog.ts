import Stripe from 'stripe';
import type { BillingEnd } from '../../contract/billing/terms';
import type { Aggregation } from '../../contract/usage/usage';
import { aggregationOf } from '../../templates/meters';
import type { BillingTemplate } from '../../templates/billing-template';
import type { ProvisioningTemplate } from '../../templates/template';
import { failure } from '../port/failures';

/** The parts of a template that billing needs. */
export type PlanBilling = Pick<ProvisioningTemplate, 'subscriptionPlan' | 'templateName' | 'billing'>;

/** Billing period of a subscription. */
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

/** Lookup key of a plan's price, such as `plan-starter-monthly`. */
export function planPriceKey(plan: string, cycle: BillingCycle): string {
  return `plan-${plan}-${cycle}`;
}

/** Lookup key of the price that shows a meter's usage on invoices, such as `usage-api_calls-monthly-eur`. */
export function usagePriceKey(eventName: string, cycle: BillingCycle, currency: string): string {
  return `usage-${eventName}-${cycle}-${currency}`;
}

/**
 * Creates the products, prices and meters that the plans need. If a price's amount has changed, a new price takes over the lookup key and
 * existing subscriptions keep the old one. May be repeated, also by several workers at once. Usage is metered and shown free of charge.
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
      for (const planned of billing.meters) {
        const { eventName, displayName } = planned;
        const meter = await ensureMeter(stripe, eventName, displayName, aggregationOf(planned));
        const usage = await ensureProduct(stripe, `usage-${eventName}`, displayName);
        const lookupKey = usagePriceKey(eventName, cycle, billing.currency);
        await ensurePrice(stripe, { ...common, lookupKey, product: usage, amount: 0, meter });
      }
    }
  }
}

/** What a subscription to a plan takes over from its template beside its prices. */
export function termsOf({ billing: { coupon, taxRates } }: PlanBilling): {
  discounts?: { coupon: string }[];
  default_tax_rates?: string[];
} {
  return {
    ...(coupon === undefined ? {} : { discounts: [{ coupon }] }),
    ...(taxRates === undefined ? {} : { default_tax_rates: taxRates }),
  };
}

/**
 * What the billing account and the subscription of a tenant keep of its template in their metadata: the template may be another one when it
 * is needed.
 */
export function keptOf({ proration, end }: Pick<BillingTemplate, 'proration' | 'end'>): Record<string, string> {
  return { ...(proration === undefined ? {} : { proration }), ...(end === undefined ? {} : { end }) };
}

/** Whether the metadata of an account or a subscription say that what was paid for time after the end is credited. */
export function creditsUnused({ end }: Record<string, string>): boolean {
  return end === ('credit_unused' satisfies BillingEnd);
}

/** The items of a subscription to a plan: its price, as often as the template says, and its meters. Throws like {@link pricesOf}. */
export async function itemsOf(
  stripe: Stripe,
  plan: PlanBilling,
  cycle: BillingCycle,
): Promise<{ price: string; quantity?: number }[]> {
  const [price, ...meters] = await pricesOf(stripe, plan, cycle);
  const { quantity } = plan.billing;
  return [
    { price: price!, ...(quantity === undefined ? {} : { quantity }) },
    ...meters.map((meter) => ({ price: meter })),
  ];
}

/** Ids of the prices in a subscription to a plan. Throws `ProviderUnavailable` if the catalog has not been prepared. */
async function pricesOf(stripe: Stripe, plan: PlanBilling, cycle: BillingCycle): Promise<string[]> {
  const { billing, subscriptionPlan } = plan;
  const keys = [
    planPriceKey(subscriptionPlan, cycle),
    ...billing.meters.map(({ eventName }) => usagePriceKey(eventName, cycle, billing.currency)),
  ];
  return pricesNamed(stripe, keys);
}

/** Ids of the active prices with these lookup keys, in their order. Throws `ProviderUnavailable` if there is none for one of them. */
export async function pricesNamed(stripe: Stripe, keys: readonly string[]): Promise<string[]> {
  const found = new Map<string | null, string>();
  // Stripe accepts at most ten lookup keys per request.
  for (let from = 0; from < keys.length; from += 10) {
    const { data } = await stripe.prices.list({ lookup_keys: keys.slice(from, from + 10), active: true, limit: 100 });
    for (const price of data) found.set(price.lookup_key, price.id);
  }
  return keys.map((key) => {
    const id = found.get(key);
    if (id === undefined)
      throw failure(
        'ProviderUnavailable',
        `Stripe has no active price ${key} (yet). A worker creates it when it starts.`,
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

async function ensureMeter(
  stripe: Stripe,
  eventName: string,
  displayName: string,
  formula: Aggregation,
): Promise<string> {
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
      default_aggregation: { formula },
    }),
    'event_name',
  );
  const id = made?.id ?? (await find());
  if (id === undefined)
    throw failure(
      'ProviderRefused',
      `Stripe refused to create meter ${eventName} as a duplicate, but lists no active one. Check the meter in Stripe’s dashboard.`,
    );
  return id;
}

async function ensurePrice(stripe: Stripe, wanted: WantedPrice): Promise<void> {
  const { lookupKey, product, currency, amount, cycle, meter } = wanted;
  const holder = (await stripe.prices.list({ lookup_keys: [lookupKey], limit: 1 })).data[0];
  const upToDate =
    holder?.active &&
    holder.unit_amount === amount &&
    holder.currency === currency &&
    (holder.recurring?.meter ?? undefined) === meter;
  if (upToDate && holder.recurring?.interval === INTERVAL[cycle]) return;
  const usage = meter === undefined ? {} : { meter, usage_type: 'metered' as const };
  const price: Stripe.PriceCreateParams = {
    product,
    currency,
    unit_amount: amount,
    lookup_key: lookupKey,
    recurring: { interval: INTERVAL[cycle], ...usage },
    // Set only to replace a price. Otherwise Stripe refuses a second worker's attempt instead of creating a duplicate.
    ...(holder === undefined ? {} : { transfer_lookup_key: true }),
  };
  await unlessTaken(stripe.prices.create(price), 'lookup_key');
}

/** The result of a creation, or undefined if Stripe refuses `param` as taken because another worker was first. */
async function unlessTaken<T>(promise: Promise<T>, param: string): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    const taken = error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 400;
    if (taken && (error.param === param || error.code === 'resource_already_exists')) return undefined;
    throw error;
  }
}
