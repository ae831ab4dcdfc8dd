import { newId } from '../state/ids';
import type { Invoice, Subscription, SubscriptionItem } from '../state/objects';
import type { Transaction } from '../state/transaction';
import { termsOf } from './terms';
import { usage } from './usage';

/** Reason for an invoice. */
export type BillingReason = 'subscription_create' | 'subscription_cycle' | 'subscription_update';

/** What an invoice charges: nothing (a trial begins), the coming period, or the coming period and the past period's usage. */
export interface Coverage {
  free: boolean;
  /** Past period for which metered items are billed. Without it they have nothing to bill yet. */
  behind?: { start: number; end: number };
  /** Only metered items are billed. */
  usageOnly?: boolean;
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
    ({ price }) => coverage.usageOnly !== true || price.recurring?.usage_type === 'metered',
  );
  const lines = items.map((item) => line(tx, subscription, item, id, coverage));
  const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0);
  const { discount, taxes } = termsOf(tx, subscription, subtotal, reason !== 'subscription_cycle');
  const total = subtotal - discount + taxes.reduce((sum, { amount }) => sum + amount, 0);
  const customer = tx.need('customer', subscription.customer);
  const number = customer.next_invoice_sequence;
  tx.put({ ...customer, next_invoice_sequence: number + 1, currency: customer.currency ?? subscription.currency });
  const first = subscription.items.data[0]!;
  const invoice: Invoice = {
    id,
    object: 'invoice',
    amount_due: total,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_paid_off_stripe: 0,
    amount_remaining: total,
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
    ending_balance: 0,
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
    starting_balance: 0,
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

function line(
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
  return {
    id: newId('il'),
    object: 'line_item',
    amount,
    currency: price.currency,
    description: coverage.free ? 'Trial period' : `${quantity} × ${price.lookup_key ?? price.id}`,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice,
    livemode: false,
    metadata: item.metadata,
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription: subscription.id,
        subscription_item: item.id,
      },
      type: 'subscription_item_details',
    },
    period: { start: period.start, end: period.end },
    pricing: {
      price_details: { price: price.id, product: price.product },
      type: 'price_details',
      unit_amount_decimal: String(coverage.free ? 0 : (price.unit_amount ?? 0)),
    },
    quantity,
    subtotal: amount,
    taxes: [],
  };
}
