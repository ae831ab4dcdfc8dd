import type Stripe from 'stripe';
import { itemsOf, termsOf, type BillingCycle, type PlanBilling } from '../catalog';

/** What an invoice comes to. */
export interface InvoiceAmount {
  currency: string;
  /** In the smallest currency unit. */
  due: number;
}

/**
 * What Stripe says that the first invoice of a new subscription comes to, without a particular customer. Nothing is created. The catalog must have
 * been prepared. Source: https://docs.stripe.com/api/invoices/create_preview.
 */
export async function previewFirstInvoice(
  stripe: Stripe,
  plan: PlanBilling,
  cycle: BillingCycle,
  signal: AbortSignal,
): Promise<InvoiceAmount> {
  signal.throwIfAborted();
  const items = await itemsOf(stripe, plan, cycle);
  const { discounts, ...terms } = termsOf(plan);
  signal.throwIfAborted();
  const { amount_due: due, currency } = await stripe.invoices.createPreview({
    currency: plan.billing.currency,
    customer_details: { tax_exempt: 'none' },
    ...(discounts ? { discounts } : {}),
    subscription_details: { items, ...terms },
  });
  return { currency, due };
}
