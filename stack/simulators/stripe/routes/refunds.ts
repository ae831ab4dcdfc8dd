import { z } from 'zod';
import { inTimeOf } from '../billing/clock';
import { balanceTransaction } from '../billing/payment';
import { page } from '../list';
import { badRequest, refused } from '../requests/errors';
import { integer, mergeMetadata, metadata, paging, text } from '../requests/params';
import { route, type Route } from '../requests/request';
import { newId } from '../state/ids';
import type { Charge, Refund } from '../state/objects';
import type { Transaction } from '../state/transaction';

const create = z.strictObject({
  amount: integer.refine((amount) => amount > 0, 'must be greater than 0').optional(),
  charge: text.optional(),
  metadata: metadata.optional(),
  payment_intent: text.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
});

/** `/v1/refunds` (https://docs.stripe.com/api/refunds): all of a charge, or a part of it. Refunds succeed at once. */
export const refundRoutes: Route[] = [
  route('POST', '/v1/refunds', create, ({ tx, params }) => {
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
  route('GET', '/v1/refunds/:id', z.strictObject({}), ({ tx, ids }) => tx.need('refund', ids['id']!)),
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

function refund(tx: Transaction, charge: Charge, params: z.output<typeof create>): Refund {
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
