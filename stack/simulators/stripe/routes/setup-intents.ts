import { z } from 'zod';
import { cardError } from '../billing/lifecycle';
import { cardOf } from '../state/cards';
import { mandateMissing, refused } from '../requests/errors';
import { newId } from '../state/ids';
import { page } from '../list';
import type { PaymentMethod, SetupIntent } from '../state/objects';
import { flag, mergeMetadata, metadata, paging, range, text, within } from '../requests/params';
import { route, type Route } from '../requests/request';
import type { Transaction } from '../state/transaction';
import { attach, resolveMethod } from './payment-methods';

const confirm = { payment_method: text.optional(), return_url: text.optional() };
const create = z.strictObject({
  ...confirm,
  allowed_payment_method_types: z.array(z.enum(['card'])).optional(),
  automatic_payment_methods: z
    .strictObject({ allow_redirects: z.enum(['always', 'never']).optional(), enabled: flag })
    .optional(),
  confirm: flag.optional(),
  customer: text.optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  usage: z.enum(['off_session', 'on_session']).optional(),
});
const filter = { created: range.optional(), customer: text.optional(), payment_method: text.optional() };

/** `/v1/setup_intents` (https://docs.stripe.com/api/setup_intents): checks whether a card may be charged later, without charging it. */
export const setupIntentRoutes: Route[] = [
  route('POST', '/v1/setup_intents', create, ({ tx, params }) => {
    if (params.customer !== undefined) tx.need('customer', params.customer, 'customer');
    const method = params.payment_method === undefined ? undefined : resolveMethod(tx, params.payment_method);
    if (method !== undefined) tx.put(method);
    const intent = tx.put(blank(tx.now, params, method));
    return params.confirm ? confirmWith(tx, intent, method) : intent;
  }),
  route('POST', '/v1/setup_intents/:id/confirm', z.strictObject(confirm), ({ tx, params, ids }) => {
    const intent = tx.need('setup_intent', ids['id']!);
    if (intent.status === 'succeeded' || intent.status === 'canceled') {
      const message = `You cannot confirm this SetupIntent because it has a status of ${intent.status}.`;
      throw refused(message, { code: 'setup_intent_unexpected_state', setup_intent: intent });
    }
    const id = params.payment_method ?? intent.payment_method;
    return confirmWith(tx, intent, id === null ? undefined : tx.put(resolveMethod(tx, id)));
  }),
  route('POST', '/v1/setup_intents/:id/cancel', z.strictObject({}), ({ tx, ids }) => {
    const intent = tx.need('setup_intent', ids['id']!);
    return tx.put({ ...intent, status: 'canceled', next_action: null });
  }),
  route('GET', '/v1/setup_intents/:id', z.strictObject({}), ({ tx, ids }) => tx.need('setup_intent', ids['id']!)),
  route('GET', '/v1/setup_intents', z.strictObject({ ...paging, ...filter }), ({ tx, params, url }) => {
    const { created, customer, payment_method: method } = params;
    const found = tx
      .all('setup_intent')
      .filter((each) => within(each.created, created) && (customer === undefined || each.customer === customer))
      .filter((each) => method === undefined || each.payment_method === method);
    return page(url, found, params);
  }),
];

function confirmWith(tx: Transaction, intent: SetupIntent, method: PaymentMethod | undefined): SetupIntent {
  if (method === undefined)
    throw refused('You cannot confirm this SetupIntent because it is missing a payment method.', {
      code: 'parameter_missing',
      param: 'payment_method',
    });
  const card = cardOf(method);
  if (card.sepa) throw mandateMissing();
  if (card.needsAction) {
    const next_action = { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } };
    return tx.put({ ...intent, status: 'requires_action', payment_method: method.id, next_action });
  }
  if (card.onSetup !== undefined) {
    tx.noteMoney('declined', intent);
    const last = { ...card.onSetup, payment_method: method, type: 'card_error' };
    const failed = tx.put({
      ...intent,
      status: 'requires_payment_method',
      payment_method: null,
      last_setup_error: last,
    });
    throw Object.assign(cardError(card.onSetup, { payment_method: method, setup_intent: failed }), {
      keepsChanges: true,
    });
  }
  if (intent.customer !== null) attach(tx, method, intent.customer);
  return tx.put({
    ...intent,
    status: 'succeeded',
    payment_method: method.id,
    last_setup_error: null,
    next_action: null,
  });
}

function blank(now: number, params: z.output<typeof create>, method: PaymentMethod | undefined): SetupIntent {
  const id = newId('seti');
  return {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    application: null,
    automatic_payment_methods: params.automatic_payment_methods ?? null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${newId('').slice(1)}`,
    created: now,
    customer: params.customer ?? null,
    description: params.description ?? null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: mergeMetadata({}, params.metadata),
    next_action: null,
    on_behalf_of: null,
    payment_method: method?.id ?? null,
    payment_method_options: { card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' } },
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: method === undefined ? 'requires_payment_method' : 'requires_confirmation',
    usage: params.usage ?? 'off_session',
  };
}
