import type {
  Coupon,
  Meter,
  MeterEvent,
  StripeEvent,
  TaxId,
  TaxRate,
  TestClock,
  WebhookEndpoint,
} from './account-objects';
import type { Metadata, StripeObject } from './stripe-object';

/** `GET /v1/customers/:id`. */
export interface Customer extends StripeObject {
  object: 'customer';
  /** In the smallest unit of the currency: below 0 is a credit, which the next invoices use up. */
  balance: number;
  currency: string | null;
  delinquent: boolean;
  email: string | null;
  invoice_settings: { default_payment_method: string | null; [field: string]: unknown };
  metadata: Metadata;
  name: string | null;
  next_invoice_sequence: number;
  test_clock: string | null;
}

/** `GET /v1/payment_methods/:id`: a card or a SEPA debit, whose fingerprint identifies the test card or account. */
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

/** Billing interval of a price, and whether it is charged by quantity or by a meter. */
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

/** How the invoices of a subscription whose payment collection is paused are dealt with, until `resumes_at` (unix seconds) if it is set. */
export interface PauseCollection {
  behavior: 'keep_as_draft' | 'mark_uncollectible' | 'void';
  resumes_at: number | null;
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
  default_tax_rates: TaxRate[];
  discounts: string[];
  ended_at: number | null;
  items: { object: 'list'; data: SubscriptionItem[]; has_more: false; url: string };
  latest_invoice: string | null;
  metadata: Metadata;
  pause_collection: PauseCollection | null;
  status: 'active' | 'canceled' | 'incomplete' | 'past_due' | 'paused' | 'trialing';
  test_clock: string | null;
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
  /** Unix seconds. */
  period_start: number;
  parent: { subscription_details: { subscription: string; [field: string]: unknown }; [field: string]: unknown } | null;
  status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
  status_transitions: {
    finalized_at: number | null;
    marked_uncollectible_at: number | null;
    paid_at: number | null;
    voided_at: number | null;
  };
}

/** Noted for a subscription's next invoice, which has it as a line. It is not sent to clients. */
export interface InvoiceItem extends StripeObject {
  object: 'invoiceitem';
  /** In the smallest unit of the currency; below 0 for a credit. */
  amount: number;
  description: string;
  /** The invoice that has it; null until there is one. */
  invoice: string | null;
  /** The subscription's item. */
  item: string;
  period: { start: number; end: number };
  price: Price;
  quantity: number;
  subscription: string;
}

/** `GET /v1/payment_intents/:id`. */
export interface PaymentIntent extends StripeObject {
  object: 'payment_intent';
  amount: number;
  customer: string;
  latest_charge: string | null;
  last_payment_error: { decline_code?: string; [field: string]: unknown } | null;
  status: 'requires_payment_method' | 'succeeded';
}

/** `GET /v1/charges/:id`: a successful or failed charge. */
export interface Charge extends StripeObject {
  object: 'charge';
  amount: number;
  amount_refunded: number;
  currency: string;
  customer: string;
  paid: boolean;
  payment_intent: string;
}

/** `GET /v1/refunds/:id`. */
export interface Refund extends StripeObject {
  object: 'refund';
  amount: number;
  charge: string;
  currency: string;
  payment_intent: string;
}

/** `GET /v1/balance_transactions/:id`. */
export interface BalanceTransaction extends StripeObject {
  object: 'balance_transaction';
  amount: number;
  currency: string;
}

/** `GET /v1/invoice_payments`: links a payment to its invoice. */
export interface InvoicePayment extends StripeObject {
  object: 'invoice_payment';
  invoice: string;
  payment: { type: 'payment_intent'; payment_intent?: string };
}

/** `GET /v1/disputes/:id`: the cardholder contests a charge. */
export interface Dispute extends StripeObject {
  object: 'dispute';
  charge: string;
  status: 'lost' | 'needs_response' | 'won';
}

/** All types of stored objects, by the name in their `object` field. */
export interface ObjectTypes {
  customer: Customer;
  tax_id: TaxId;
  payment_method: PaymentMethod;
  setup_intent: SetupIntent;
  product: Product;
  price: Price;
  subscription: Subscription;
  invoice: Invoice;
  invoiceitem: InvoiceItem;
  payment_intent: PaymentIntent;
  charge: Charge;
  refund: Refund;
  balance_transaction: BalanceTransaction;
  invoice_payment: InvoicePayment;
  dispute: Dispute;
  coupon: Coupon;
  tax_rate: TaxRate;
  'test_helpers.test_clock': TestClock;
  event: StripeEvent;
  webhook_endpoint: WebhookEndpoint;
  'billing.meter': Meter;
  'billing.meter_event': MeterEvent;
}

/** A name in {@link ObjectTypes}. */
export type ObjectType = keyof ObjectTypes;
