import type { TenantProvisioningRequest } from '../../contract/orders/order';
import type { OrderPreview } from '../../contract/schemas/preview-schema';
import { findPlanPrice } from '../../registry/billing/plan-prices';
import type { Queryable } from '../../registry/database';
import type { ProvisioningTemplate } from '../../templates/template';
import type { UnknownParts } from './unknown';

const PERIODS = { monthly: 'month', yearly: 'year' } as const;

/** The price of an order: from the template, and what the billing provider has said about it. */
export async function previewPrice(
  db: Queryable,
  unknown: UnknownParts,
  { subscription: { plan, billingCycle } }: TenantProvisioningRequest,
  { billing, trial }: ProvisioningTemplate,
): Promise<NonNullable<OrderPreview['price']>> {
  const { quantity = 1, coupon, taxRates } = billing;
  const amount = billing.prices[billingCycle] * quantity;
  const asked = await unknown.try('price.invoice', async () => ({
    answer: await findPlanPrice(db, plan, billingCycle),
  }));
  const answer = asked?.answer;
  if (asked && !answer)
    unknown.add('No worker has asked the billing provider yet. Only the template’s price is known.', 'price.invoice');
  else if (answer && answer.due === null)
    unknown.add(`${answer.problem} Only the template’s price is known.`, 'price.invoice');
  return {
    currency: billing.currency,
    now: { amount, due: 'activation' },
    later: { amount, every: PERIODS[billingCycle] },
    meters: billing.meters.map(({ eventName }) => eventName),
    ...(quantity === 1 ? {} : { quantity }),
    ...(coupon === undefined ? {} : { coupon }),
    ...(taxRates === undefined ? {} : { taxRates }),
    ...(trial ? { trial: { days: trial.days, then: trial.then } } : {}),
    ...(answer && answer.due !== null ? { invoice: { due: answer.due, askedAt: answer.askedAt.toISOString() } } : {}),
  };
}
