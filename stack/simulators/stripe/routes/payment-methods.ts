import { z } from 'zod';
import { cardError } from '../billing/lifecycle';
import { cardOf, cardOfToken, fingerprintOf, type TestCard } from '../state/cards';
import { mandateMissing, missing, refused } from '../requests/errors';
import { newId } from '../state/ids';
import { page } from '../list';
import type { PaymentMethod } from '../state/objects';
import type { Metadata } from '../state/stripe-object';
import { mergeMetadata, metadata, paging, text } from '../requests/params';
import { route, type Route } from '../requests/request';
import type { Transaction } from '../state/transaction';

const none = z.strictObject({});
const listing = { ...paging, type: text.optional() };
const create = z.strictObject({
  card: z.strictObject({ token: text }),
  metadata: metadata.optional(),
  type: z.enum(['card']),
});

/** `/v1/payment_methods` (https://docs.stripe.com/api/payment_methods). Cards and SEPA debits come only from Stripe's test tokens. */
export const paymentMethodRoutes: Route[] = [
  route('POST', '/v1/payment_methods', create, ({ tx, params }) => {
    const card = cardOfToken(params.card.token);
    if (card === undefined) throw missing('token', params.card.token, 'card[token]');
    return tx.put(method(tx.now, card, mergeMetadata({}, params.metadata)));
  }),
  route('GET', '/v1/payment_methods/:id', none, ({ tx, ids }) => {
    const card = cardOfToken(ids['id']!);
    return card === undefined ? tx.need('payment_method', ids['id']!) : method(tx.now, card);
  }),
  route(
    'GET',
    '/v1/payment_methods',
    z.strictObject({ ...listing, customer: text.optional() }),
    ({ tx, params, url }) => page(url, params.customer === undefined ? [] : attached(tx, params.customer), params),
  ),
  route('GET', '/v1/customers/:customer/payment_methods', z.strictObject(listing), ({ tx, params, ids, url }) => {
    const customer = tx.need('customer', ids['customer']!);
    return page(url, attached(tx, customer.id), params);
  }),
  route('POST', '/v1/payment_methods/:id', z.strictObject({ metadata: metadata.optional() }), ({ tx, params, ids }) => {
    const found = tx.need('payment_method', ids['id']!);
    return tx.put({ ...found, metadata: mergeMetadata(found.metadata, params.metadata) });
  }),
  route('POST', '/v1/payment_methods/:id/attach', z.strictObject({ customer: text }), ({ tx, params, ids }) => {
    tx.need('customer', params.customer, 'customer');
    const id = ids['id']!;
    const found = cardOfToken(id) === undefined ? tx.need('payment_method', id) : resolveMethod(tx, id);
    return attach(tx, found, params.customer);
  }),
  route('POST', '/v1/payment_methods/:id/detach', none, ({ tx, ids }) => {
    const found = tx.need('payment_method', ids['id']!);
    if (found.customer === null)
      throw refused('The payment method you provided is not attached to a customer so detachment is impossible.');
    return tx.put({ ...found, customer: null });
  }),
];

/** A customer's payment methods, newest first. */
export function attached(tx: Transaction, customer: string): PaymentMethod[] {
  return tx.all('payment_method').filter((each) => each.customer === customer);
}

/** The payment method with this id. As at Stripe, a test token such as `pm_card_visa` creates a new one each time. */
export function resolveMethod(tx: Transaction, id: string): PaymentMethod {
  const card = cardOfToken(id);
  if (card !== undefined) return method(tx.now, card);
  return tx.need('payment_method', id, 'payment_method');
}

/**
 * Attaches a payment method to a customer. Throws 402 for a card that its bank does not let be stored, and 400 for a debit without a
 * mandate.
 */
export function attach(tx: Transaction, found: PaymentMethod, customer: string): PaymentMethod {
  if (found.customer === customer) return found;
  if (found.customer !== null) {
    throw refused('The payment method you provided has already been attached to a customer.', {
      code: 'payment_method_unexpected_state',
    });
  }
  const { onSetup, sepa } = cardOf(found);
  if (sepa) throw mandateMissing();
  if (onSetup !== undefined) throw cardError(onSetup);
  return tx.put({ ...found, customer });
}

function method(now: number, card: TestCard, data: Metadata = {}): PaymentMethod {
  const nowhere = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
  return {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { address: nowhere, email: null, name: null, phone: null, tax_id: null },
    ...details(now, card),
    created: now,
    customer: null,
    livemode: false,
    metadata: data,
  };
}

function details(now: number, card: TestCard): Pick<PaymentMethod, 'type' | 'card' | 'sepa_debit'> {
  const { brand, last4, country, funding, sepa } = card;
  const fingerprint = fingerprintOf(card);
  if (sepa) {
    const generated_from = { charge: null, setup_attempt: null };
    return {
      type: 'sepa_debit',
      sepa_debit: { ...sepa, branch_code: '', country, fingerprint, generated_from, last4 },
    };
  }
  return {
    type: 'card',
    card: {
      brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: null },
      country,
      display_brand: brand,
      exp_month: 12,
      exp_year: new Date(now * 1000).getUTCFullYear() + 4,
      fingerprint,
      funding,
      generated_from: null,
      last4,
      networks: { available: [brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
  };
}
