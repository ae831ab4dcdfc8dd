import { z } from 'zod';
import { badRequest, refused } from '../requests/errors';
import { text } from '../requests/params';
import { newId } from '../state/ids';
import type { Customer, Invoice } from '../state/objects';
import type { Transaction } from '../state/transaction';
import { inTimeOf } from './clock';
import { writeInvoice } from './invoice';
import { changeItems, itemChangeParams, itemOf, prorationBehavior } from './items';
import { startPeriod } from './lifecycle';
import { newSubscription } from './new-subscription';
import { giveTerms, termParams } from './terms';

/** Parameters of {@link previewInvoice}. */
export const previewParams = z.strictObject({
  currency: text.optional(),
  customer: text.optional(),
  customer_details: z.strictObject({ tax_exempt: z.enum(['exempt', 'none', 'reverse']).optional() }).optional(),
  discounts: termParams.discounts,
  subscription: text.optional(),
  subscription_details: z
    .strictObject({
      default_tax_rates: termParams.default_tax_rates,
      items: z.array(itemChangeParams).min(1).max(20).optional(),
      proration_behavior: prorationBehavior.optional(),
    })
    .optional(),
});

type Params = z.output<typeof previewParams>;

/**
 * The first invoice of a new subscription, with or without a customer, or the next one of a subscription, with changes of its items
 * (https://docs.stripe.com/api/invoices/create_preview). It is drawn up in a transaction of its own, so nothing of it is kept.
 */
export function previewInvoice(tx: Transaction, params: Params): Invoice {
  const draft = tx.draft();
  const invoice = params.subscription === undefined ? firstInvoice(draft, params) : nextInvoice(draft, params);
  const status_transitions = { ...invoice.status_transitions, finalized_at: null };
  return {
    ...invoice,
    id: newId('upcoming_in'),
    billing_reason: 'upcoming',
    status: 'draft',
    status_transitions,
    number: null,
    next_payment_attempt: draft.now + 3600,
  };
}

function nextInvoice(tx: Transaction, { subscription: id, subscription_details: details = {} }: Params): Invoice {
  const subscription = tx.need('subscription', id!, 'subscription');
  inTimeOf(tx, subscription.customer);
  if (details.items !== undefined) changeItems(tx, subscription, details.items, details.proration_behavior);
  if (details.proration_behavior === 'always_invoice')
    return writeInvoice(tx, subscription, 'subscription_update', { free: false, only: 'noted' });
  const { current_period_start: start, current_period_end: end } = subscription.items.data[0]!;
  startPeriod(subscription, end);
  return writeInvoice(tx, subscription, 'subscription_cycle', { free: false, behind: { start, end } });
}

function firstInvoice(draft: Transaction, params: Params): Invoice {
  const { default_tax_rates, items: entries = [] } = params.subscription_details ?? {};
  const customer = params.customer ?? newId('cus', 14);
  if (params.customer === undefined) draft.put(unknownCustomer(customer, draft.now));
  else draft.need('customer', customer, 'customer');
  const id = newId('sub');
  const items = entries.map(({ price = '', quantity }, index) =>
    itemOf(draft, id, { price, quantity }, `subscription_details[items][${index}][price]`),
  );
  if (items.length === 0) throw badRequest('Missing required param: subscription_details[items].');
  const currencies = new Set([
    ...items.map(({ price }) => price.currency),
    ...(params.currency ? [params.currency] : []),
  ]);
  if (currencies.size > 1) throw refused('All prices must use the currency of the preview.', { param: 'currency' });
  const subscription = newSubscription(draft.now, id, customer, items);
  giveTerms(draft, subscription, {
    discounts: params.discounts,
    default_tax_rates,
  });
  startPeriod(subscription, draft.now);
  return writeInvoice(draft, subscription, 'subscription_create', { free: false });
}

function unknownCustomer(id: string, created: number): Customer {
  return {
    id,
    object: 'customer',
    balance: 0,
    created,
    currency: null,
    delinquent: false,
    email: null,
    invoice_settings: { default_payment_method: null },
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    test_clock: null,
  };
}
