import { z } from 'zod';
import { inTimeOf } from '../billing/clock';
import { balanceTransaction } from '../billing/payment';
import { page } from '../list';
import { badRequest, refused } from '../requests/errors';
import { integer, mergeMetadata, metadata, paging, range, text, within } from '../requests/params';
import { route, type Route } from '../requests/request';
import { newId } from '../state/ids';
import type { Charge, Refund } from '../state/objects';
import type { Transaction } from '../state/transaction';

const one = z.strictObject({});
const listing = { ...paging, created: range.optional(), customer: text.optional() };

const refundParams = z.strictObject({
  amount: integer.refine((amount) => amount > 0, 'must be greater than 0').optional(),
  charge: text.optional(),
  metadata: metadata.optional(),
  payment_intent: text.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
});

/**
 * The account, charges, payment intents and the balance, and refunds (https://docs.stripe.com/api/refunds): of all of a charge, or a part of it, which
 * succeed at once. Apart from them, money moves only through invoices.
 */
export const moneyRoutes: Route[] = [
  route('GET', '/v1/account', one, () => ({
    id: 'acct_1LocalStripeServer',
    object: 'account',
    charges_enabled: true,
    country: 'US',
    default_currency: 'usd',
    details_submitted: true,
    email: null,
    metadata: {},
    payouts_enabled: false,
    type: 'standard',
  })),
  route('GET', '/v1/balance', one, ({ tx }) => {
    const sums = new Map<string, number>();
    for (const { amount, currency } of tx.all('balance_transaction'))
      sums.set(currency, (sums.get(currency) ?? 0) + amount);
    if (sums.size === 0) sums.set('usd', 0);
    const entry = (currency: string, amount: number) => ({ amount, currency, source_types: { card: amount } });
    return {
      object: 'balance',
      available: [...sums.keys()].map((currency) => entry(currency, 0)),
      livemode: false,
      // There are no payouts, and funds never become available: everything that was ever charged is pending.
      pending: [...sums].map(([currency, amount]) => entry(currency, amount)),
    };
  }),
  route(
    'GET',
    '/v1/balance_transactions',
    z.strictObject({ ...paging, created: range.optional() }),
    ({ tx, params, url }) =>
      page(
        url,
        tx.all('balance_transaction').filter((each) => within(each.created, params.created)),
        params,
      ),
  ),
  ...(['charge', 'payment_intent'] as const).flatMap((type) => [
    route('GET', `/v1/${type}s/:id`, one, ({ tx, ids }) => tx.need(type, ids['id']!)),
    route('GET', `/v1/${type}s`, z.strictObject(listing), ({ tx, params, url }) => {
      const found = tx
        .all(type)
        .filter((each) => within(each.created, params.created) && (params.customer ?? each.customer) === each.customer);
      return page(url, found, params);
    }),
  ]),
  route('POST', '/v1/refunds', refundParams, ({ tx, params }) => {
    const { charge: id, payment_intent: intent } = params;
    if (id === undefined && intent === undefined)
      throw badRequest('One of the following params should be provided for this request: payment_intent or charge.');
    const charge =
      id === undefined
        ? tx.need('charge', tx.need('payment_intent', intent!, 'payment_intent').latest_charge ?? '', 'payment_intent')
        : tx.need('charge', id, 'charge');
    inTimeOf(tx, charge.customer);
    return refund(tx, charge, params);
  }),
  route('GET', '/v1/refunds/:id', one, ({ tx, ids }) => tx.need('refund', ids['id']!)),
  route(
    'GET',
    '/v1/refunds',
    z.strictObject({ ...paging, charge: text.optional(), payment_intent: text.optional() }),
    ({ tx, params, url }) => {
      const { charge, payment_intent: intent } = params;
      const found = tx
        .all('refund')
        .filter((each) => (charge ?? each.charge) === each.charge)
        .filter((each) => (intent ?? each.payment_intent) === each.payment_intent);
      return page(url, found, params);
    },
  ),
];

function refund(tx: Transaction, charge: Charge, params: z.output<typeof refundParams>): Refund {
  const left = charge.amount - charge.amount_refunded;
  const { amount = left } = params;
  const code = left === 0 ? 'charge_already_refunded' : undefined;
  if (!charge.paid || left === 0) throw refused(`Charge ${charge.id} cannot be refunded.`, code ? { code } : {});
  if (amount > left)
    throw refused(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, {
      param: 'amount',
    });
  const transaction = newId('txn');
  const made: Refund = {
    id: newId('re'),
    object: 'refund',
    amount,
    balance_transaction: transaction,
    charge: charge.id,
    created: tx.now,
    currency: charge.currency,
    metadata: mergeMetadata({}, params.metadata),
    payment_intent: charge.payment_intent,
    reason: params.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
  const amount_refunded = charge.amount_refunded + amount;
  tx.put({ ...charge, amount_refunded, refunded: amount_refunded === charge.amount });
  tx.put(balanceTransaction(tx, made, transaction));
  tx.noteMoney('refunded', made, { amount, currency: charge.currency });
  return tx.put(made);
}
