import Stripe from 'stripe';
import type { ResourceContext } from '../port/kind';
import { creditsUnused } from './catalog';
import { idempotently } from './idempotent';
import { orAbsent } from './marks';
import { idOf } from './payments/payments';

/** Metadata key of a refund that pays a credit back, so that a repeat after a crash finds it. */
const PAYS_BACK = 'paysBackCredit';

/**
 * Ends a subscription at once. One that has begun to charge gets a last invoice for what was used and not invoiced yet. If its template says so,
 * that invoice credits what was paid for the rest of the current period. Source: https://docs.stripe.com/api/subscriptions/cancel.
 */
export async function endSubscription(
  stripe: Stripe,
  subscription: Stripe.Subscription,
  { idempotencyKey, signal }: ResourceContext,
): Promise<void> {
  const { id, status, pause_collection: pause, metadata } = subscription;
  signal.throwIfAborted();
  const charges = status !== 'trialing' && status !== 'incomplete';
  // While collection is paused, as it is for a suspended tenant, Stripe would void the last invoice.
  if (charges && pause)
    await idempotently(`${idempotencyKey}:end`, (options) =>
      stripe.subscriptions.update(id, { pause_collection: '' }, options),
    );
  const prorate = charges && creditsUnused(metadata) && (await isPaid(stripe, subscription));
  await orAbsent(stripe.subscriptions.cancel(id, charges ? { invoice_now: true, prorate } : {}));
}

/** Whether the current period was paid for: not if its invoice is open, or was voided while the tenant was suspended. */
async function isPaid(stripe: Stripe, { latest_invoice: latest }: Stripe.Subscription): Promise<boolean> {
  const invoice = idOf(latest);
  return invoice !== undefined && (await stripe.invoices.retrieve(invoice)).status === 'paid';
}

/**
 * Pays back what an account is credited, to the payment methods that were charged last. Deleting the account would forfeit it. Safe to repeat:
 * refunds that were made for it before count. What Stripe refuses to refund stays a credit. Source: https://docs.stripe.com/refunds.
 */
export async function payBackCredit(
  stripe: Stripe,
  customer: string,
  { idempotencyKey, signal }: ResourceContext,
): Promise<void> {
  const account = await stripe.customers.retrieve(customer);
  let left = account.deleted ? 0 : -account.balance;
  if (left <= 0) return;
  for await (const { id, paid, amount, amount_refunded: refunded } of stripe.charges.list({ customer, limit: 100 })) {
    signal.throwIfAborted();
    if (refunded > 0)
      for await (const refund of stripe.refunds.list({ charge: id, limit: 100 }))
        if (refund.metadata?.[PAYS_BACK] === customer) left -= refund.amount;
    const part = paid ? Math.min(left, amount - refunded) : 0;
    if (part > 0 && (await isRefunded(id, part))) left -= part;
    if (left <= 0) return;
  }

  async function isRefunded(charge: string, amount: number): Promise<boolean> {
    try {
      await idempotently(`${idempotencyKey}:refund:${charge}`, (options) =>
        stripe.refunds.create({ charge, amount, metadata: { [PAYS_BACK]: customer } }, options),
      );
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  }
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
