import { z } from 'zod';
import { inTimeOf } from '../billing/clock';
import { bill, billUsage, cancel, cardError, endTrial, startPeriod } from '../billing/lifecycle';
import { changeItems, itemChangeParams, itemOf, itemParams, prorationBehavior } from '../billing/items';
import { newSubscription } from '../billing/new-subscription';
import { methodFor } from '../billing/payment';
import { pendingItems, prorate } from '../billing/proration';
import { giveTerms, termParams } from '../billing/terms';
import { badRequest, missing, refused } from '../requests/errors';
import { newId } from '../state/ids';
import { page } from '../list';
import type { PauseCollection, Subscription } from '../state/objects';
import { flag, integer, mergeMetadata, metadata, paging, range, text, within } from '../requests/params';
import { route, type Route } from '../requests/request';
import type { Transaction } from '../state/transaction';

const behavior = z.enum(['allow_incomplete', 'error_if_incomplete']);
const pause = z.strictObject({
  behavior: z.enum(['keep_as_draft', 'mark_uncollectible', 'void']),
  resumes_at: integer.optional(),
});
const fields = {
  cancel_at_period_end: flag.optional(),
  collection_method: z.enum(['charge_automatically']).optional(),
  default_payment_method: text.optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  off_session: flag.optional(),
  payment_behavior: behavior.optional(),
  proration_behavior: prorationBehavior.optional(),
  trial_end: z.union([z.literal('now'), integer]).optional(),
  trial_settings: z
    .strictObject({
      end_behavior: z.strictObject({ missing_payment_method: z.enum(['cancel', 'create_invoice', 'pause']) }),
    })
    .optional(),
};
const update = z.strictObject({
  ...fields,
  items: z.array(itemChangeParams).max(20).optional(),
  pause_collection: z.union([z.literal(''), pause]).optional(),
});
const create = z.strictObject({
  ...fields,
  ...termParams,
  currency: text.optional(),
  customer: text,
  items: z.array(itemParams).min(1).max(20),
  trial_period_days: integer.optional(),
});
const statuses = z.enum([
  'active',
  'all',
  'canceled',
  'ended',
  'incomplete',
  'past_due',
  'paused',
  'trialing',
  'unpaid',
]);
const filter = {
  created: range.optional(),
  customer: text.optional(),
  price: text.optional(),
  status: statuses.optional(),
  test_clock: text.optional(),
};
const TWO_YEARS = 2 * 366 * 86_400;

/** `/v1/subscriptions` (https://docs.stripe.com/api/subscriptions). */
export const subscriptionRoutes: Route[] = [
  route('POST', '/v1/subscriptions', create, ({ tx, params }) => subscribe(tx, params)),
  route('POST', '/v1/subscriptions/:id', update, ({ tx, params, ids }) => {
    const subscription = tx.need('subscription', ids['id']!);
    inTimeOf(tx, subscription.customer);
    const { metadata: change, ...rest } = params;
    if (subscription.status === 'canceled' && Object.keys(rest).length > 0) {
      throw refused('A canceled subscription can only update its cancellation_details and metadata.');
    }
    subscription.metadata = mergeMetadata(subscription.metadata, change);
    settings(tx, subscription, params);
    if (params.items !== undefined) changeItems(tx, subscription, params.items, params.proration_behavior);
    if (params.pause_collection !== undefined) subscription.pause_collection = pauseOf(tx, params.pause_collection);
    tx.put(subscription);
    const strict = params.payment_behavior === 'error_if_incomplete';
    if (params.items !== undefined && params.proration_behavior === 'always_invoice')
      invoiceNoted(tx, subscription, strict);
    if (params.trial_end === 'now' && subscription.status === 'trialing')
      endTrial(tx, subscription, tx.now, 'subscription_update', strict);
    else if (typeof params.trial_end === 'number') extendTrial(tx, subscription, params.trial_end);
    return tx.need('subscription', subscription.id);
  }),
  route(
    'DELETE',
    '/v1/subscriptions/:id',
    z.strictObject({ invoice_now: flag.optional(), prorate: flag.optional() }),
    ({ tx, params, ids }) => {
      const subscription = tx.need('subscription', ids['id']!);
      if (subscription.status === 'canceled') throw missing('subscription', subscription.id);
      inTimeOf(tx, subscription.customer);
      if (params.prorate) prorate(tx, subscription, subscription.items.data, []);
      if (params.invoice_now) billUsage(tx, subscription);
      return cancel(tx, subscription);
    },
  ),
  route('GET', '/v1/subscriptions/:id', z.strictObject({}), ({ tx, ids }) => tx.need('subscription', ids['id']!)),
  route('GET', '/v1/subscriptions', z.strictObject({ ...paging, ...filter }), ({ tx, params, url }) => {
    const { created, customer, price, status, test_clock: clock = null } = params;
    const wanted = (each: Subscription) =>
      status === 'all' ||
      (status === 'ended' || status === 'canceled'
        ? each.status === 'canceled'
        : each.status === (status ?? each.status));
    const found = tx
      .all('subscription')
      // As at Stripe, those on a test clock are listed only by their clock or their customer.
      .filter((each) => customer !== undefined || each.test_clock === clock)
      .filter((each) => wanted(each) && (status !== undefined || each.status !== 'canceled'))
      .filter((each) => within(each.created, created) && (customer === undefined || each.customer === customer))
      .filter((each) => price === undefined || each.items.data.some((entry) => entry.price.id === price));
    return page(url, found, params);
  }),
];

function subscribe(tx: Transaction, params: z.output<typeof create>): Subscription {
  const customer = tx.need('customer', params.customer, 'customer');
  inTimeOf(tx, customer.id);
  const { now } = tx;
  if (params.trial_end !== undefined && params.trial_period_days !== undefined) {
    throw badRequest('You may only specify one of these parameters: trial_end, trial_period_days.');
  }
  const days = params.trial_period_days ?? 0;
  const trialEnd = typeof params.trial_end === 'number' ? params.trial_end : days > 0 ? now + days * 86_400 : null;
  if (trialEnd !== null) checkTrialEnd(trialEnd, now);
  const id = newId('sub');
  const items = params.items.map((entry, index) => itemOf(tx, id, entry, `items[${index}][price]`));
  if (new Set(items.map((entry) => entry.price.currency)).size > 1)
    throw refused('All prices of a subscription must use the same currency.');
  const subscription = newSubscription(now, id, customer.id, items);
  Object.assign(subscription, {
    metadata: mergeMetadata({}, params.metadata),
    test_clock: customer.test_clock,
    trial_start: trialEnd && now,
    trial_end: trialEnd,
  });
  settings(tx, subscription, params);
  giveTerms(tx, subscription, params);
  if (trialEnd === null && !methodFor(tx, customer.id, subscription.default_payment_method)) {
    const message =
      'This customer has no attached payment source or default payment method. Please consider adding a default payment method.';
    throw refused(message, { code: 'resource_missing' });
  }
  startPeriod(subscription, now, trialEnd ?? undefined);
  subscription.billing_cycle_anchor = trialEnd ?? now;
  const decline = bill(tx, subscription, 'subscription_create', { free: trialEnd !== null });
  if (decline !== undefined && params.payment_behavior === 'error_if_incomplete') throw cardError(decline);
  subscription.status = trialEnd !== null ? 'trialing' : decline === undefined ? 'active' : 'incomplete';
  return tx.put(subscription);
}

/** Invoices what a change has noted, at once. */
function invoiceNoted(tx: Transaction, subscription: Subscription, strict: boolean): void {
  if (pendingItems(tx, subscription).length === 0) return;
  const decline = bill(tx, subscription, 'subscription_update', { free: false, only: 'noted' });
  if (decline !== undefined && strict) throw cardError(decline);
  if (decline !== undefined) subscription.status = 'past_due';
  tx.put(subscription);
}

function settings(tx: Transaction, subscription: Subscription, params: z.output<z.ZodObject<typeof fields>>): void {
  const { cancel_at_period_end, default_payment_method: method, description, trial_settings } = params;
  if (method) {
    if (tx.get('payment_method', method)?.customer !== subscription.customer) {
      const message = `The customer does not have a payment method with the ID ${method}. The payment method must be attached to the customer.`;
      throw refused(message, { code: 'resource_missing', param: 'default_payment_method' });
    }
    subscription.default_payment_method = method;
  } else if (method === '') subscription.default_payment_method = null;
  if (cancel_at_period_end !== undefined) {
    subscription.cancel_at_period_end = cancel_at_period_end;
    subscription['cancel_at'] = cancel_at_period_end ? subscription.items.data[0]!.current_period_end : null;
  }
  if (description !== undefined) subscription['description'] = description === '' ? null : description;
  if (trial_settings !== undefined) subscription.trial_settings = trial_settings;
}

function pauseOf(tx: Transaction, wanted: z.output<typeof pause> | ''): PauseCollection | null {
  if (wanted === '') return null;
  const { behavior, resumes_at: resumes = null } = wanted;
  if (resumes !== null && resumes <= tx.now)
    throw refused('Invalid timestamp: must be an integer Unix timestamp in the future.', {
      param: 'pause_collection[resumes_at]',
    });
  return { behavior, resumes_at: resumes };
}

function extendTrial(tx: Transaction, subscription: Subscription, end: number): void {
  checkTrialEnd(end, tx.now);
  const start = subscription.status === 'trialing' ? subscription.trial_start : tx.now;
  startPeriod(subscription, start ?? tx.now, end);
  tx.put(
    Object.assign(subscription, { status: 'trialing', trial_start: start, trial_end: end, billing_cycle_anchor: end }),
  );
}

function checkTrialEnd(end: number, now: number): void {
  if (end <= now)
    throw refused('Invalid timestamp: must be an integer Unix timestamp in the future.', { param: 'trial_end' });
  if (end > now + TWO_YEARS)
    throw refused('Invalid timestamp: can be no more than two years in the future.', { param: 'trial_end' });
}
