import { StripeError } from '../requests/errors';
import type { Decline } from '../state/cards';
import type { Subscription } from '../state/objects';
import type { Transaction } from '../state/transaction';
import { writeInvoice, type BillingReason, type Coverage } from './invoice';
import { pauseAt, resumeIfDue, withhold } from './pause';
import { methodFor, pay } from './payment';
import { periodEnd } from './periods';
import { pendingItems } from './proration';
import { usage } from './usage';

/** Sets the current period of every item, which the next invoice covers. */
export function startPeriod(subscription: Subscription, start: number, end?: number): void {
  for (const item of subscription.items.data) {
    item.current_period_start = start;
    item.current_period_end = end ?? periodEnd(start, item.price.recurring ?? { interval: 'month', interval_count: 1 });
  }
}

/**
 * Creates the current period's invoice and charges it, unless payment collection is paused. Returns the reason for a decline, or undefined
 * if there was none.
 */
export function bill(
  tx: Transaction,
  subscription: Subscription,
  reason: BillingReason,
  coverage: Coverage,
): Decline | undefined {
  const invoice = writeInvoice(tx, subscription, reason, coverage);
  subscription.latest_invoice = invoice.id;
  const pause = pauseAt(subscription, invoice.period_start);
  if (pause !== undefined) return void withhold(tx, invoice, pause.behavior);
  return pay(tx, invoice, methodFor(tx, subscription.customer, subscription.default_payment_method));
}

/**
 * Ends a trial at `moment`: a new period starts then and is charged. A declined charge makes the subscription `past_due`; with `strict`
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
  if (method === undefined && without === 'cancel') return void cancel(tx, subscription);
  // As at Stripe, a subscription whose collection is paused cannot get the status `paused`.
  if (method === undefined && without === 'pause' && !pauseAt(subscription, moment))
    return void tx.put(Object.assign(subscription, { status: 'paused' }));
  subscription.billing_cycle_anchor = moment;
  startPeriod(subscription, moment);
  // Usage during a trial is free (https://docs.stripe.com/billing/subscriptions/trials), so no past period is billed.
  const decline = bill(tx, subscription, reason, { free: false });
  if (decline !== undefined && strict) throw cardError(decline);
  subscription.status = decline === undefined ? 'active' : 'past_due';
  tx.put(subscription);
}

/** Charges now what was used in the current period and what is noted, as at the end of a subscription, unless it is on trial or that is nothing. */
export function billUsage(tx: Transaction, subscription: Subscription): void {
  const { status, items, customer } = subscription;
  if (status === 'trialing' || status === 'incomplete') return;
  // A meter counts events up to a moment, exclusive.
  const behind = { start: items.data[0]!.current_period_start, end: tx.now + 1 };
  const isUsed = items.data.some(({ price }) => usage(tx, customer, price, behind) > 0);
  if (isUsed || pendingItems(tx, subscription).length > 0)
    bill(tx, subscription, 'subscription_update', { free: false, behind, only: 'usage' });
}

/** Ends a subscription immediately, without a further charge. */
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

/** Stripe's error for a declined card. */
export function cardError(decline: Decline, more: Record<string, unknown> = {}): StripeError {
  const { message, ...fields } = decline;
  return new StripeError(402, 'card_error', message, { ...fields, ...more });
}

/**
 * Carries out what has become due since the last request in the time of a test clock, or in real time: trials and periods that have ended, one
 * after the other, each at its own moment. Stripe does this within the hour and retries declined charges; here it is done once, before the
 * next request is served, or when the clock is advanced.
 */
export function catchUp(tx: Transaction, clock: string | null = null): void {
  const until = tx.now;
  for (;;) {
    const living = tx.all('subscription').filter(({ test_clock: its }) => (its ?? null) === clock);
    const next = living.reduce((earliest, each) => Math.min(earliest, dueAt(each)), Infinity);
    if (next > until) break;
    tx.now = next;
    for (const { id } of living.filter((each) => dueAt(each) === next)) {
      const subscription = tx.need('subscription', id);
      // A trial is a period of its own, so both end together.
      if (subscription.status === 'trialing')
        endTrial(tx, subscription, subscription.trial_end ?? tx.now, 'subscription_cycle');
      renew(tx, subscription);
      resumeIfDue(tx, subscription);
    }
  }
  tx.now = until;
}

/** When something next becomes due of a subscription, in unix seconds. */
function dueAt({ status, items, pause_collection: pause }: Subscription): number {
  const goesOn = status === 'active' || status === 'past_due' || status === 'trialing';
  return Math.min(goesOn ? items.data[0]!.current_period_end : Infinity, pause?.resumes_at ?? Infinity);
}

/** Ends a subscription's current period now, so that the next one is charged, as if its time had passed. */
export function renewNow(tx: Transaction, subscription: Subscription): void {
  const start = subscription.items.data[0]!.current_period_start;
  startPeriod(subscription, Math.min(start, tx.now - 1), tx.now);
  renew(tx, subscription);
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
