import type { Invoice, PauseCollection, Subscription } from '../state/objects';
import type { Transaction } from '../state/transaction';

/** The pause of payment collection that is in force at `moment` (unix seconds), or undefined. */
export function pauseAt({ pause_collection: pause }: Subscription, moment: number): PauseCollection | undefined {
  return pause !== null && (pause.resumes_at ?? Infinity) > moment ? pause : undefined;
}

/** Ends a pause whose time is over. */
export function resumeIfDue(tx: Transaction, subscription: Subscription): void {
  if (subscription.pause_collection === null || pauseAt(subscription, tx.now)) return;
  tx.put(Object.assign(subscription, { pause_collection: null }));
}

/**
 * Puts an invoice whose payment is not collected into the state that the pause asks for. As at Stripe, this happens as soon as it is made,
 * and the subscription's status stays what it is (https://docs.stripe.com/billing/subscriptions/pause-payment).
 */
export function withhold(tx: Transaction, invoice: Invoice, behavior: PauseCollection['behavior']): void {
  const { status_transitions: transitions } = invoice;
  if (behavior === 'void') {
    invoice.status = 'void';
    transitions.voided_at = tx.now;
  } else if (behavior === 'mark_uncollectible') {
    invoice.status = 'uncollectible';
    transitions.marked_uncollectible_at = tx.now;
  } else {
    invoice.status = 'draft';
    transitions.finalized_at = null;
  }
  tx.put(Object.assign(invoice, { auto_advance: false }));
}
