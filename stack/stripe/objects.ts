/** Anything the server keeps: a Stripe object as it goes over the wire, plus the fields the server itself reads. */
export interface StripeObject {
  id: string;
  object: string;
  /** Unix seconds. */
  created: number;
  /** A deleted object leaves this behind, so that its id is never mistaken for one that never was. */
  deleted?: true;
  [field: string]: unknown;
}

/** User data on an object; Stripe allows 50 keys. */
export type Metadata = Record<string, string>;

/** `GET /v1/customers/:id`. */
export interface Customer extends StripeObject {
  object: 'customer';
  currency: string | null;
  delinquent: boolean;
  email: string | null;
  invoice_settings: { default_payment_method: string | null; [field: string]: unknown };
  metadata: Metadata;
  name: string | null;
  next_invoice_sequence: number;
}

/** `GET /v1/payment_methods/:id`; either a card or a SEPA debit, and its fingerprint says which of the test ones. */
export interface PaymentMethod extends StripeObject {
  object: 'payment_method';
  type: 'card' | 'sepa_debit';
  card?: { fingerprint: string; brand: string; last4: string; [field: string]: unknown };
  sepa_debit?: { fingerprint: string; last4: string; [field: string]: unknown };
  customer: string | null;
  metadata: Metadata;
}

/** `GET /v1/setup_intents/:id`. */
export interface SetupIntent extends StripeObject {
  object: 'setup_intent';
  customer: string | null;
  payment_method: string | null;
  status: 'canceled' | 'requires_action' | 'requires_confirmation' | 'requires_payment_method' | 'succeeded';
}

/** `GET /v1/products/:id`. */
export interface Product extends StripeObject {
  object: 'product';
  active: boolean;
  metadata: Metadata;
}

/** `GET /v1/prices/:id`; amounts in the smallest unit of the currency. */
export interface Price extends StripeObject {
  object: 'price';
  active: boolean;
  currency: string;
  lookup_key: string | null;
  metadata: Metadata;
  product: string;
  recurring: Recurring | null;
  unit_amount: number | null;
}

/** How often a price is charged, and whether by quantity or by a meter. */
export interface Recurring {
  interval: 'day' | 'week' | 'month' | 'year';
  interval_count: number;
  meter: string | null;
  usage_type: 'licensed' | 'metered';
}

/** One price of a subscription. */
export interface SubscriptionItem {
  id: string;
  object: 'subscription_item';
  created: number;
  current_period_start: number;
  current_period_end: number;
  discounts: never[];
  metadata: Metadata;
  price: Price;
  quantity?: number;
  subscription: string;
  tax_rates: never[];
}

/** `GET /v1/subscriptions/:id`. */
export interface Subscription extends StripeObject {
  object: 'subscription';
  billing_cycle_anchor: number;
  cancel_at_period_end: boolean;
  canceled_at: number | null;
  collection_method: string;
  currency: string;
  customer: string;
  default_payment_method: string | null;
  ended_at: number | null;
  items: { object: 'list'; data: SubscriptionItem[]; has_more: false; url: string };
  latest_invoice: string | null;
  metadata: Metadata;
  status: 'active' | 'canceled' | 'incomplete' | 'past_due' | 'paused' | 'trialing';
  trial_end: number | null;
  trial_settings: { end_behavior: { missing_payment_method: 'cancel' | 'create_invoice' | 'pause' } };
  trial_start: number | null;
}

/** `GET /v1/invoices/:id`. */
export interface Invoice extends StripeObject {
  object: 'invoice';
  amount_due: number;
  amount_paid: number;
  amount_remaining: number;
  attempt_count: number;
  attempted: boolean;
  currency: string;
  customer: string;
  parent: { subscription_details: { subscription: string; [field: string]: unknown }; [field: string]: unknown } | null;
  status: 'draft' | 'open' | 'paid' | 'void';
  status_transitions: { paid_at: number | null; voided_at: number | null; [field: string]: unknown };
}

/** `GET /v1/payment_intents/:id`. */
export interface PaymentIntent extends StripeObject {
  object: 'payment_intent';
  amount: number;
  customer: string;
  latest_charge: string | null;
}

/** `GET /v1/charges/:id`: money that moved, or an attempt that failed. */
export interface Charge extends StripeObject {
  object: 'charge';
  amount: number;
  currency: string;
  customer: string;
  paid: boolean;
}

/** `GET /v1/balance_transactions/:id`. */
export interface BalanceTransaction extends StripeObject {
  object: 'balance_transaction';
  amount: number;
  currency: string;
}

/** `GET /v1/invoice_payments`: which payment paid which invoice. */
export interface InvoicePayment extends StripeObject {
  object: 'invoice_payment';
  invoice: string;
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

/** What `POST /v1/billing/meter_events` stored; `id` is its `identifier`, which Stripe keeps unique for a day. */
export interface MeterEvent extends StripeObject {
  object: 'billing.meter_event';
  event_name: string;
  identifier: string;
  payload: Record<string, string>;
  timestamp: number;
}

/** Every kind of object the server keeps, by the name in its `object` field. */
export interface ObjectTypes {
  customer: Customer;
  payment_method: PaymentMethod;
  setup_intent: SetupIntent;
  product: Product;
  price: Price;
  subscription: Subscription;
  invoice: Invoice;
  payment_intent: PaymentIntent;
  charge: Charge;
  balance_transaction: BalanceTransaction;
  invoice_payment: InvoicePayment;
  'billing.meter': Meter;
  'billing.meter_event': MeterEvent;
}

/** A name in {@link ObjectTypes}. */
export type ObjectType = keyof ObjectTypes;
