import { isDeepStrictEqual } from 'node:util';
import { API_VERSION } from '../requests/auth';
import { newId } from '../state/ids';
import type { StripeEvent, WebhookEndpoint } from '../state/account-objects';
import type { InvoicePayment, PaymentIntent } from '../state/objects';
import type { StripeObject } from '../state/stripe-object';
import { eventTypes, type ChangedObject } from './types';

/** What is known of the request that has changed the objects. */
export interface Occasion {
  /** Unix seconds. */
  now: number;
  idempotencyKey: string | null;
  endpoints: readonly WebhookEndpoint[];
}

/** The events for all changes of one request, in the order in which the objects were changed. */
export function eventsFor(changes: readonly ChangedObject[], occasion: Occasion): StripeEvent[] {
  const surroundings = { needAction: needingAction(changes.map(({ after }) => after)) };
  return changes.flatMap((change) => eventTypes(change, surroundings).map((type) => newEvent(type, change, occasion)));
}

/** Whether an endpoint gets events of this type. */
export function wants({ status, enabled_events: types }: WebhookEndpoint, type: string): boolean {
  return status === 'enabled' && (types.includes('*') || types.includes(type));
}

function newEvent(type: string, { before, after }: ChangedObject, occasion: Occasion): StripeEvent {
  const { now, idempotencyKey, endpoints } = occasion;
  // Stripe shows a deleted object as it was.
  const object = after.deleted && before ? before : after;
  return {
    id: newId('evt'),
    object: 'event',
    api_version: API_VERSION,
    created: now,
    data: { object, ...(before === undefined ? {} : previousOf(type, before, after)) },
    livemode: false,
    pending_webhooks: endpoints.filter((endpoint) => wants(endpoint, type)).length,
    request: { id: null, idempotency_key: idempotencyKey },
    type,
  };
}

function previousOf(type: string, before: StripeObject, after: StripeObject): { previous_attributes?: object } {
  if (!type.endsWith('.updated')) return {};
  const changed = Object.keys(after).filter((name) => !isDeepStrictEqual(before[name], after[name]));
  return { previous_attributes: Object.fromEntries(changed.map((name) => [name, before[name] ?? null])) };
}

/** The invoices whose payment was refused until the card's owner authenticates. */
function needingAction(objects: readonly StripeObject[]): Set<string> {
  const refused = new Set(
    objects
      .filter((each): each is PaymentIntent => each.object === 'payment_intent')
      .filter(({ last_payment_error: error }) => error?.decline_code === 'authentication_required')
      .map(({ id }) => id),
  );
  const payments = objects.filter((each): each is InvoicePayment => each.object === 'invoice_payment');
  return new Set(
    payments.filter(({ payment }) => refused.has(payment.payment_intent ?? '')).map(({ invoice }) => invoice),
  );
}
