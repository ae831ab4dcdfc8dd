import { z } from 'zod';
import { inTimeOf } from '../billing/clock';
import { cardError } from '../billing/lifecycle';
import { methodFor, pay } from '../billing/payment';
import { previewInvoice, previewParams } from '../billing/preview';
import { refused } from '../requests/errors';
import { page } from '../list';
import type { Invoice } from '../state/objects';
import type { StripeObject } from '../state/stripe-object';
import { flag, paging, range, text, within } from '../requests/params';
import { route, type Route } from '../requests/request';

const filter = {
  created: range.optional(),
  customer: text.optional(),
  status: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']).optional(),
  subscription: text.optional(),
};
const one = z.strictObject({});

/** `/v1/invoices` (https://docs.stripe.com/api/invoices). Only subscriptions create invoices, which are finalized at once. */
export const invoiceRoutes: Route[] = [
  route('GET', '/v1/invoices', z.strictObject({ ...paging, ...filter }), ({ tx, params, url }) => {
    const { created, customer, status, subscription } = params;
    const found = tx
      .all('invoice')
      .filter((each) => within(each.created, created) && (customer === undefined || each.customer === customer))
      .filter((each) => status === undefined || each.status === status)
      .filter((each) => subscription === undefined || subscriptionOf(each) === subscription);
    return page(url, found, params);
  }),
  route('POST', '/v1/invoices/create_preview', previewParams, ({ tx, params }) => previewInvoice(tx, params)),
  route('GET', '/v1/invoices/:id', one, ({ tx, ids }) => tx.need('invoice', ids['id']!)),
  route('GET', '/v1/invoices/:id/lines', z.strictObject(paging), ({ tx, params, ids, url }) => {
    const lines = tx.need('invoice', ids['id']!)['lines'] as { data: StripeObject[] };
    return page(url, lines.data, params);
  }),
  route(
    'POST',
    '/v1/invoices/:id/pay',
    z.strictObject({ off_session: flag.optional(), payment_method: text.optional() }),
    ({ tx, params, ids }) => {
      const invoice = tx.need('invoice', ids['id']!);
      inTimeOf(tx, invoice.customer);
      if (invoice.status === 'paid') throw refused('Invoice is already paid', { code: 'invoice_already_paid' });
      if (invoice.status !== 'open')
        throw refused('Only an open invoice can be paid.', { code: 'invoice_not_editable' });
      const subscription = tx.get('subscription', subscriptionOf(invoice) ?? '');
      const chosen =
        params.payment_method === undefined
          ? undefined
          : tx.need('payment_method', params.payment_method, 'payment_method');
      const decline = pay(
        tx,
        invoice,
        chosen ?? methodFor(tx, invoice.customer, subscription?.default_payment_method ?? null),
      );
      if (decline !== undefined) throw Object.assign(cardError(decline), { keepsChanges: true });
      if (subscription?.latest_invoice === invoice.id && subscription.status !== 'canceled')
        tx.put({ ...subscription, status: 'active' });
      return invoice;
    },
  ),
  route('POST', '/v1/invoices/:id/void', one, ({ tx, ids }) => {
    const invoice = tx.need('invoice', ids['id']!);
    if (invoice.status !== 'open' && invoice.status !== 'uncollectible')
      throw refused('You can only void an open or uncollectible invoice.', { code: 'invoice_not_editable' });
    const status_transitions = { ...invoice.status_transitions, voided_at: tx.now };
    return tx.put({ ...invoice, status: 'void', status_transitions, next_payment_attempt: null });
  }),
  route(
    'GET',
    '/v1/invoice_payments',
    z.strictObject({ ...paging, invoice: text.optional() }),
    ({ tx, params, url }) => {
      const found = tx
        .all('invoice_payment')
        .filter((each) => params.invoice === undefined || each.invoice === params.invoice);
      return page(url, found, params);
    },
  ),
];

function subscriptionOf(invoice: Invoice): string | undefined {
  return invoice.parent?.subscription_details.subscription;
}
