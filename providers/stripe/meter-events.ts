import Stripe from 'stripe';
import { idempotently } from './idempotent';

/** Usage to send. */
export interface MeterEvent {
  /** At most 100 characters. Stripe counts one event for an identifier, for at least a day. */
  identifier: string;
  eventName: string;
  /** Id of the billing account. */
  customer: string;
  /** Negative to take back what earlier events count. */
  value: number;
  at: Date;
  signal: AbortSignal;
}

/**
 * Sends usage; an event that Stripe has already is left as it is. Repeat it with the same identifier if the answer is lost.
 * Source: https://docs.stripe.com/api/billing/meter-event/create.
 */
export async function sendMeterEvent(
  stripe: Stripe,
  { identifier, eventName, customer, value, at, signal }: MeterEvent,
): Promise<void> {
  signal.throwIfAborted();
  const params: Stripe.Billing.MeterEventCreateParams = {
    event_name: eventName,
    identifier,
    timestamp: Math.floor(at.getTime() / 1000),
    payload: { stripe_customer_id: customer, value: String(value) },
  };
  try {
    // No idempotency key: the identifier does its work, and under a key Stripe would repeat a refusal after its cause has gone.
    await stripe.billing.meterEvents.create(params);
  } catch (error) {
    if (!refers(error, 'identifier', 'duplicate_meter_event')) throw error;
  }
}

/**
 * Takes an event back. False if Stripe no longer does that, because it has had the event for too long; then send the difference instead.
 * Source: https://docs.stripe.com/api/billing/meter-event-adjustment/create.
 */
export async function cancelMeterEvent(
  stripe: Stripe,
  { identifier, eventName, signal }: Pick<MeterEvent, 'identifier' | 'eventName' | 'signal'>,
): Promise<boolean> {
  signal.throwIfAborted();
  const params: Stripe.Billing.MeterEventAdjustmentCreateParams = {
    type: 'cancel',
    event_name: eventName,
    cancel: { identifier },
  };
  try {
    await idempotently(`usage-cancel:${identifier}`, (options) =>
      stripe.billing.meterEventAdjustments.create(params, options),
    );
    return true;
  } catch (error) {
    if (refers(error, 'cancel[identifier]', 'cancellation_window_closed')) return false;
    throw error;
  }
}

/** Whether Stripe refuses a request because of this parameter, or with this code. */
function refers(error: unknown, param: string, code: string): boolean {
  const isRefusal = error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 400;
  return isRefusal && (error.param === param || error.code === code);
}
