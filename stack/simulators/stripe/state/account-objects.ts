import type { Metadata, StripeObject } from './stripe-object';

// Objects of the account beside those that a customer pays for and with.

/** `GET /v1/customers/:id/tax_ids`. */
export interface TaxId extends StripeObject {
  object: 'tax_id';
  customer: string;
  type: string;
  value: string;
}

/** `GET /v1/coupons/:id`. */
export interface Coupon extends StripeObject {
  object: 'coupon';
  /** In the smallest unit of the currency. */
  amount_off: number | null;
  duration: 'forever' | 'once';
  percent_off: number | null;
}

/** `GET /v1/tax_rates/:id`. */
export interface TaxRate extends StripeObject {
  object: 'tax_rate';
  inclusive: false;
  percentage: number;
}

/** `GET /v1/events/:id`. */
export interface StripeEvent extends StripeObject {
  object: 'event';
  /** The object as it was right after the change. */
  data: { object: StripeObject; previous_attributes?: object };
  /** Endpoints that have not accepted the event yet. */
  pending_webhooks: number;
  type: string;
}

/** `GET /v1/webhook_endpoints/:id`. */
export interface WebhookEndpoint extends StripeObject {
  object: 'webhook_endpoint';
  enabled_events: string[];
  metadata: Metadata;
  /** Signs what is sent. Shown only in the answer to the creation. */
  secret: string;
  status: 'disabled' | 'enabled';
  url: string;
}

/** `GET /v1/billing/meters/:id`. */
export interface Meter extends StripeObject {
  object: 'billing.meter';
  customer_mapping: { event_payload_key: string; type: 'by_id' };
  default_aggregation: { formula: 'count' | 'last' | 'sum' };
  event_name: string;
  status: 'active' | 'inactive';
  value_settings: { event_payload_key: string };
}

/** Stored by `POST /v1/billing/meter_events`. `id` is the event's `identifier`, which Stripe keeps unique for a day. */
export interface MeterEvent extends StripeObject {
  object: 'billing.meter_event';
  event_name: string;
  identifier: string;
  payload: Record<string, string>;
  timestamp: number;
  /** An adjustment has taken it back: it counts no more, and its identifier stays taken. Not part of Stripe’s object. */
  cancelled?: true;
}

/** `GET /v1/test_helpers/test_clocks/:id`. */
export interface TestClock extends StripeObject {
  object: 'test_helpers.test_clock';
  /** The time of its customers, in unix seconds. */
  frozen_time: number;
  name: string | null;
  status: 'ready';
}
