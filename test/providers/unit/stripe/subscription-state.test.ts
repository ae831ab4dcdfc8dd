import type Stripe from 'stripe';
import { subscriptionProblems } from '../../../../providers/stripe/subscription/subscription-state';

const NOW = new Date('2026-11-30T12:00:00Z');

/** What is found in a subscription that Stripe shows with these differences from a plain one. */
function found(changes: object): Promise<string[]> {
  const subscription = {
    status: 'active',
    metadata: {},
    cancel_at: null,
    cancel_at_period_end: false,
    pause_collection: null,
    default_payment_method: { card: { exp_month: 1, exp_year: 2028 } },
    items: { data: [item('plan-starter-monthly')] },
    ...changes,
  };
  const stripe = { subscriptions: { retrieve: () => Promise.resolve(subscription) } } as unknown as Stripe;
  const { signal } = new AbortController();
  return subscriptionProblems(stripe, {
    id: 'sub_1',
    pricing: { prices: ['plan-starter-monthly'], quantity: 1 },
    now: NOW,
    signal,
  });
}

const item = (key: string | null, { product = 'plan-starter', quantity = 1 } = {}) => ({
  price: { id: 'price_1', lookup_key: key, product },
  quantity,
});
const items = (...data: object[]) => ({ items: { data } });
const expiring = (exp_year: number, exp_month: number) => ({
  default_payment_method: { card: { exp_month, exp_year } },
});

test.each([
  ['is as it was set up', {}, []],
  ['has a price whose key a newer one has taken over', items(item(null)), []],
  ['has the price of another plan', items(item('plan-enterprise-monthly')), ['subscription_changed']],
  ['has a price of another product', items(item(null, { product: 'prod_x' })), ['subscription_changed']],
  ['has another quantity', items(item('plan-starter-monthly', { quantity: 2 })), ['subscription_changed']],
  ['has one more price', items(item('plan-starter-monthly'), item('extra')), ['subscription_changed']],
  ['is cancelled', { status: 'canceled' }, ['subscription_cancelled']],
  ['ends with its period', { cancel_at_period_end: true }, ['subscription_cancelled']],
  ['is paused by somebody else', { pause_collection: { behavior: 'void', resumes_at: null } }, ['collection_paused']],
  [
    'is paused by this product',
    { pause_collection: { behavior: 'void', resumes_at: null }, metadata: { pausedOver: 'none' } },
    [],
  ],
  ['has a card that expires this month', expiring(2026, 11), ['card_expiring']],
  ['has a card that expires next month', expiring(2026, 12), ['card_expiring']],
  ['has a card that expires in the month after', expiring(2027, 1), []],
])('a subscription that %s', async (_, changes, problems) => {
  expect(await found(changes)).toEqual(problems);
});
