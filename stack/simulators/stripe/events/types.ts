import type { Charge, Invoice, PaymentIntent, PaymentMethod, Subscription } from '../state/objects';
import type { StripeObject } from '../state/stripe-object';

/** An object that a request has changed: as it was before, undefined for a new one, and as it is now. */
export interface ChangedObject {
  before: StripeObject | undefined;
  after: StripeObject;
}

/** What the other objects of the same change say about one of them. */
export interface Surroundings {
  /** Invoices of which a payment has just failed because the card's owner must authenticate. */
  needAction: ReadonlySet<string>;
}

type Namer = (change: ChangedObject, surroundings: Surroundings) => string[];

const updated = (name: string): Namer => {
  return ({ before, after }) => [`${name}.${before === undefined ? 'created' : after.deleted ? 'deleted' : 'updated'}`];
};

const NAMERS: Record<string, Namer> = {
  customer: updated('customer'),
  product: updated('product'),
  price: updated('price'),
  'billing.meter': updated('billing.meter'),
  subscription: ({ before, after }) => [
    `customer.subscription.${nowIn<Subscription>({ before, after }, 'canceled') ? 'deleted' : before === undefined ? 'created' : 'updated'}`,
  ],
  invoice: invoiceEvents,
  payment_intent: ({ before, after }) => [
    ...(before === undefined ? ['payment_intent.created'] : []),
    ...(nowIn<PaymentIntent>({ before, after }, 'succeeded') ? ['payment_intent.succeeded'] : []),
    ...(nowIn<PaymentIntent>({ before, after }, 'requires_payment_method') ? ['payment_intent.payment_failed'] : []),
  ],
  charge: ({ before, after }) => {
    const { paid, amount_refunded: refunded } = after as Charge;
    if (before === undefined) return [paid ? 'charge.succeeded' : 'charge.failed'];
    return [refunded > (before as Charge).amount_refunded ? 'charge.refunded' : 'charge.updated'];
  },
  refund: ({ before }) => [before === undefined ? 'refund.created' : 'refund.updated'],
  dispute: ({ before, after }) => [
    `charge.dispute.${before === undefined ? 'created' : ['won', 'lost'].includes(String(after['status'])) ? 'closed' : 'updated'}`,
  ],
  payment_method: ({ before, after }) => {
    const [was, is] = [before as PaymentMethod | undefined, after as PaymentMethod].map(
      (each) => each?.customer ?? null,
    );
    if (was === is) return before === undefined ? [] : ['payment_method.updated'];
    return [is === null ? 'payment_method.detached' : 'payment_method.attached'];
  },
};

/** The types of the events that Stripe sends for a change of an object, in their order (https://docs.stripe.com/api/events/types). */
export function eventTypes(change: ChangedObject, surroundings: Surroundings): string[] {
  return NAMERS[change.after.object]?.(change, surroundings) ?? [];
}

function invoiceEvents(change: ChangedObject, { needAction }: Surroundings): string[] {
  const before = change.before as Invoice | undefined;
  const after = change.after as Invoice;
  const finalized = after.status !== 'draft' && (before === undefined || before.status === 'draft');
  const failed = after.status === 'open' && after.attempt_count > (before?.attempt_count ?? 0);
  return [
    before === undefined ? 'invoice.created' : 'invoice.updated',
    ...(finalized ? ['invoice.finalized'] : []),
    ...(nowIn<Invoice>(change, 'paid') ? ['invoice.paid', 'invoice.payment_succeeded'] : []),
    ...(failed ? ['invoice.payment_failed'] : []),
    ...(failed && needAction.has(after.id) ? ['invoice.payment_action_required'] : []),
    ...(nowIn<Invoice>(change, 'void') ? ['invoice.voided'] : []),
    ...(nowIn<Invoice>(change, 'uncollectible') ? ['invoice.marked_uncollectible'] : []),
  ];
}

/** Whether the object has just come to this status. */
function nowIn<O extends { status: string }>({ before, after }: ChangedObject, status: O['status']): boolean {
  return after['status'] === status && before?.['status'] !== status;
}
