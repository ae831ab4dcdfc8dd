import { z } from 'zod';
import { refused } from '../requests/errors';
import { text } from '../requests/params';
import { newId } from '../state/ids';
import type { Customer, Invoice } from '../state/objects';
import type { Transaction } from '../state/transaction';
import { writeInvoice } from './invoice';
import { itemOf, itemParams } from './items';
import { startPeriod } from './lifecycle';
import { newSubscription } from './new-subscription';
import { giveTerms, termParams } from './terms';

/** Parameters of {@link previewInvoice}. */
export const previewParams = z.strictObject({
  currency: text.optional(),
  customer: text.optional(),
  customer_details: z.strictObject({ tax_exempt: z.enum(['exempt', 'none', 'reverse']).optional() }).optional(),
  discounts: termParams.discounts,
  subscription_details: z.strictObject({
    default_tax_rates: termParams.default_tax_rates,
    items: z.array(itemParams).min(1).max(20),
  }),
});

/**
 * The first invoice of a new subscription (https://docs.stripe.com/api/invoices/create_preview), with or without a customer. It is drawn up in a
 * transaction of its own, so nothing of it is kept.
 */
export function previewInvoice(tx: Transaction, params: z.output<typeof previewParams>): Invoice {
  const draft = tx.draft();
  const customer = params.customer ?? newId('cus', 14);
  if (params.customer === undefined) draft.put(unknownCustomer(customer, tx.now));
  else draft.need('customer', customer, 'customer');
  const id = newId('sub');
  const items = params.subscription_details.items.map((entry, index) =>
    itemOf(draft, id, entry, `subscription_details[items][${index}][price]`),
  );
  const currencies = new Set([
    ...items.map(({ price }) => price.currency),
    ...(params.currency ? [params.currency] : []),
  ]);
  if (currencies.size > 1) throw refused('All prices must use the currency of the preview.', { param: 'currency' });
  const subscription = newSubscription(tx.now, id, customer, items);
  giveTerms(draft, subscription, {
    discounts: params.discounts,
    default_tax_rates: params.subscription_details.default_tax_rates,
  });
  startPeriod(subscription, tx.now);
  const invoice = writeInvoice(draft, subscription, 'subscription_create', { free: false });
  const status_transitions = { ...invoice.status_transitions, finalized_at: null };
  return {
    ...invoice,
    id: newId('upcoming_in'),
    billing_reason: 'upcoming',
    status: 'draft',
    status_transitions,
    number: null,
    next_payment_attempt: tx.now + 3600,
  };
}

function unknownCustomer(id: string, created: number): Customer {
  return {
    id,
    object: 'customer',
    created,
    currency: null,
    delinquent: false,
    email: null,
    invoice_settings: { default_payment_method: null },
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
  };
}
