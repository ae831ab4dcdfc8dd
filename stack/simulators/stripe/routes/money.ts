import { z } from 'zod';
import { page } from '../list';
import { paging, range, text, within } from '../requests/params';
import { route, type Route } from '../requests/request';

const one = z.strictObject({});
const listing = { ...paging, created: range.optional(), customer: text.optional() };

/** Read-only endpoints for the account, charges, payment intents and the balance. Money moves only through invoices. */
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
];
