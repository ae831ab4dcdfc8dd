import { newId } from '../state/ids';
import type { Invoice, InvoiceItem, Price, Subscription, SubscriptionItem } from '../state/objects';
import type { Metadata } from '../state/stripe-object';
import type { Transaction } from '../state/transaction';
import { pendingItems } from './proration';
import { termsOf } from './terms';
import { usage } from './usage';

/** Reason for an invoice. */
export type BillingReason = 'subscription_create' | 'subscription_cycle' | 'subscription_update';

/** What an invoice charges: nothing (a trial begins), the coming period, or the coming period and the past period's usage. */
export interface Coverage {
  free: boolean;
  /** Past period for which metered items are billed. Without it they have nothing to bill yet. */
  behind?: { start: number; end: number };
  /** Beside what is noted for the invoice, only metered items are billed, or no items. */
  only?: 'noted' | 'usage';
}

/** Creates a finalized, unpaid invoice for a subscription's current period. */
export function writeInvoice(
  tx: Transaction,
  subscription: Subscription,
  reason: BillingReason,
  coverage: Coverage,
): Invoice {
  const id = newId('in');
  const items = subscription.items.data.filter(
    ({ price }) =>
      coverage.only === undefined || (coverage.only === 'usage' && price.recurring?.usage_type === 'metered'),
  );
  const noted = pendingItems(tx, subscription);
  for (const each of noted) tx.put({ ...each, invoice: id });
  const lines = [
    ...noted.map((each) => notedLine(subscription, each, id)),
    ...items.map((item) => itemLine(tx, subscription, item, id, coverage)),
  ];
  const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0);
  const { discount, taxes } = termsOf(tx, subscription, subtotal, reason !== 'subscription_cycle');
  const total = subtotal - discount + taxes.reduce((sum, { amount }) => sum + amount, 0);
  const customer = tx.need('customer', subscription.customer);
  const number = customer.next_invoice_sequence;
  // A credit of the customer is used up first, and what an invoice credits is left to the next one.
  const due = Math.max(0, total + customer.balance);
  const balance = Math.min(0, total + customer.balance);
  const currency = customer.currency ?? subscription.currency;
  tx.put({ ...customer, balance, currency, next_invoice_sequence: number + 1 });
  const first = subscription.items.data[0]!;
  const invoice: Invoice = {
    id,
    object: 'invoice',
    amount_due: due,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_paid_off_stripe: 0,
    amount_remaining: due,
    amount_shipping: 0,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    billing_reason: reason,
    collection_method: subscription.collection_method,
    created: tx.now,
    currency: subscription.currency,
    customer: customer.id,
    customer_email: customer.email,
    customer_name: customer.name,
    default_payment_method: null,
    default_tax_rates: subscription.default_tax_rates,
    description: null,
    discounts: subscription.discounts,
    due_date: null,
    ending_balance: balance,
    issuer: { type: 'self' },
    lines: { object: 'list', data: lines, has_more: false, url: `/v1/invoices/${id}/lines` },
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    number: `${customer.id.slice(4, 12).toUpperCase()}-${String(number).padStart(4, '0')}`,
    parent: {
      quote_details: null,
      subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
      type: 'subscription_details',
    },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: first.current_period_end,
    period_start: first.current_period_start,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    starting_balance: customer.balance,
    status: 'open',
    status_transitions: { finalized_at: tx.now, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal,
    subtotal_excluding_tax: subtotal,
    total,
    total_discount_amounts: subscription.discounts.slice(0, 1).map((id) => ({ amount: discount, discount: id })),
    total_excluding_tax: subtotal - discount,
    total_taxes: taxes,
  };
  return tx.put(invoice);
}

/** A line for what was noted for the invoice. */
function notedLine(subscription: Subscription, noted: InvoiceItem, invoice: string) {
  const { id, amount, description, item, period, price, quantity } = noted;
  return lineOf({ subscription, invoice, item, amount, description, metadata: {}, noted: id, period, price, quantity });
}

/** A line for an item of the subscription. */
function itemLine(
  tx: Transaction,
  subscription: Subscription,
  item: SubscriptionItem,
  invoice: string,
  coverage: Coverage,
) {
  const { price } = item;
  const metered = price.recurring?.usage_type === 'metered';
  const quantity = !metered
    ? (item.quantity ?? 1)
    : coverage.behind
      ? usage(tx, subscription.customer, price, coverage.behind)
      : 0;
  const amount = coverage.free ? 0 : (price.unit_amount ?? 0) * quantity;
  const period =
    metered && coverage.behind ? coverage.behind : { start: item.current_period_start, end: item.current_period_end };
  return lineOf({
    subscription,
    invoice,
    item: item.id,
    amount,
    description: coverage.free ? 'Trial period' : `${quantity} × ${price.lookup_key ?? price.id}`,
    metadata: item.metadata,
    noted: null,
    period: { start: period.start, end: period.end },
    price: coverage.free ? { ...price, unit_amount: 0 } : price,
    quantity,
  });
}

interface Line {
  subscription: Subscription;
  invoice: string;
  /** Id of the subscription's item. */
  item: string;
  amount: number;
  description: string;
  metadata: Metadata;
  /** Id of what was noted for the invoice; null for a line that is made with it. */
  noted: string | null;
  period: { start: number; end: number };
  price: Price;
  quantity: number;
}

function lineOf(line: Line) {
  const { subscription, invoice, item, amount, description, metadata, noted, period, price, quantity } = line;
  return {
    id: newId('il'),
    object: 'line_item',
    amount,
    currency: price.currency,
    description,
    discount_amounts: [],
    discountable: noted === null,
    discounts: [],
    invoice,
    livemode: false,
    metadata,
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: noted,
        proration: noted !== null,
        proration_details: { credited_items: null },
        subscription: subscription.id,
        subscription_item: item,
      },
      type: 'subscription_item_details',
    },
    period,
    pricing: {
      price_details: { price: price.id, product: price.product },
      type: 'price_details',
      unit_amount_decimal: String(price.unit_amount ?? 0),
    },
    quantity,
    subtotal: amount,
    taxes: [],
  };
}
