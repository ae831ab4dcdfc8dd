import { StripeError } from '../errors';
import type { Decline } from '../cards';
import type { Subscription } from '../objects';
import type { Transaction } from '../transaction';
import { writeInvoice, type BillingReason, type Coverage } from './invoice';
import { methodFor, pay } from './payment';
import { periodEnd } from './periods';

/** Sets the period of every item; the new period becomes what invoices cover. */
export function startPeriod(subscription: Subscription, start: number, end?: number): void {
  for (const item of subscription.items.data) {
    item.current_period_start = start;
    item.current_period_end = end ?? periodEnd(start, item.price.recurring ?? { interval: 'month', interval_count: 1 });
  }
}

/** Writes the invoice of the current period and takes its amount. Returns why it was declined, or undefined. */
export function bill(
  tx: Transaction,
  subscription: Subscription,
  reason: BillingReason,
  coverage: Coverage,
): Decline | undefined {
  const invoice = writeInvoice(tx, subscription, reason, coverage);
  subscription.latest_invoice = invoice.id;
  return pay(tx, invoice, methodFor(tx, subscription.customer, subscription.default_payment_method));
}

/**
 * Ends a trial at `moment`: the period starts anew and is charged. A declined charge makes the subscription `past_due`; with `strict`
 * (Stripe's `error_if_incomplete`) it throws 402 and changes nothing.
 */
export function endTrial(
  tx: Transaction,
  subscription: Subscription,
  moment: number,
  reason: BillingReason,
  strict = false,
): void {
  subscription.trial_end = moment;
  const method = methodFor(tx, subscription.customer, subscription.default_payment_method);
  const without = subscription.trial_settings.end_behavior.missing_payment_method;
  if (method === undefined && without !== 'create_invoice') {
    if (without === 'cancel') cancel(tx, subscription);
    else tx.put(Object.assign(subscription, { status: 'paused' }));
    return;
  }
  subscription.billing_cycle_anchor = moment;
  startPeriod(subscription, moment);
  // Usage during a trial is free (https://docs.stripe.com/billing/subscriptions/trials): nothing behind is billed.
  const decline = bill(tx, subscription, reason, { free: false });
  if (decline !== undefined && strict) throw cardError(decline);
  subscription.status = decline === undefined ? 'active' : 'past_due';
  tx.put(subscription);
}

/** Ends a subscription at once; nothing more is charged. */
export function cancel(
  tx: Transaction,
  subscription: Subscription,
  reason: string | null = 'cancellation_requested',
): Subscription {
  return tx.put(
    Object.assign(subscription, {
      status: 'canceled' as const,
      canceled_at: tx.now,
      ended_at: tx.now,
      cancellation_details: { comment: null, feedback: null, reason },
    }),
  );
}

/** Stripe's answer to a declined card. */
export function cardError(decline: Decline, more: Record<string, unknown> = {}): StripeError {
  const { message, ...fields } = decline;
  return new StripeError(402, 'card_error', message, { ...fields, ...more });
}

/**
 * Everything the clock has made due since the last request: trials that ended, periods that ended. Stripe does it within the hour and
 * retries what was declined; here it is done before the next request is served, once.
 */
export function catchUp(tx: Transaction): void {
  const isDue = ({ status, items }: Subscription): boolean =>
    status !== 'canceled' && (items.data[0]?.current_period_end ?? Infinity) <= tx.now;
  for (const { id } of tx.all('subscription').filter(isDue)) {
    const subscription = tx.need('subscription', id);
    // The period of a trial ends with it.
    if (subscription.status === 'trialing')
      endTrial(tx, subscription, subscription.trial_end ?? tx.now, 'subscription_cycle');
    renew(tx, subscription);
  }
}

function renew(tx: Transaction, subscription: Subscription): void {
  while (subscription.status === 'active' || subscription.status === 'past_due') {
    const first = subscription.items.data[0]!;
    const behind = { start: first.current_period_start, end: first.current_period_end };
    if (behind.end > tx.now) return;
    if (subscription.cancel_at_period_end) return void cancel(tx, subscription);
    startPeriod(subscription, behind.end);
    const decline = bill(tx, subscription, 'subscription_cycle', { free: false, behind });
    subscription.status = decline === undefined ? subscription.status : 'past_due';
    tx.put(subscription);
  }
}
