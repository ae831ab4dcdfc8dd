import Stripe from 'stripe';
import type { ResourceContext } from '../port/kind';
import { idempotently } from './idempotent';
import { orAbsent } from './marks';

/**
 * Ends a subscription at once. One that has begun to charge gets a last invoice for what was used and not invoiced yet. What was paid for the
 * current period is not paid back. Source: https://docs.stripe.com/api/subscriptions/cancel.
 */
export async function endSubscription(
  stripe: Stripe,
  { id, status, pause_collection: pause }: Stripe.Subscription,
  { idempotencyKey, signal }: ResourceContext,
): Promise<void> {
  signal.throwIfAborted();
  const charges = status !== 'trialing' && status !== 'incomplete';
  // While collection is paused, as it is for a suspended tenant, Stripe would void the last invoice.
  if (charges && pause)
    await idempotently(`${idempotencyKey}:end`, (options) =>
      stripe.subscriptions.update(id, { pause_collection: '' }, options),
    );
  await orAbsent(stripe.subscriptions.cancel(id, charges ? { invoice_now: true, prorate: false } : {}));
}

/**
 * Finalizes a customer's last invoice and tries once to collect what is open, because deleting the customer removes its payment methods.
 * Invoices stay at Stripe, as the law requires, and so does one that cannot be collected.
 */
export async function settleInvoices(stripe: Stripe, customer: string, signal: AbortSignal): Promise<void> {
  for await (const { id, auto_advance: isDue } of stripe.invoices.list({ customer, status: 'draft', limit: 100 })) {
    signal.throwIfAborted();
    // Drafts that do not advance by themselves are kept as drafts on an operator's wish.
    if (isDue) await stripe.invoices.finalizeInvoice(id);
  }
  for await (const { id } of stripe.invoices.list({ customer, status: 'open', limit: 100 })) {
    signal.throwIfAborted();
    try {
      await stripe.invoices.pay(id, { off_session: true });
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeCardError || error instanceof Stripe.errors.StripeInvalidRequestError;
}
