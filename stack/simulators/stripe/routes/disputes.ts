import { z } from 'zod';
import { page } from '../list';
import { paging, text } from '../requests/params';
import { route, type Route } from '../requests/request';
import { refused } from '../requests/errors';

const one = z.strictObject({});

/** `/v1/disputes` (https://docs.stripe.com/api/disputes). The card `pm_card_createDispute` makes one with each charge. */
export const disputeRoutes: Route[] = [
  route('GET', '/v1/disputes/:id', one, ({ tx, ids }) => tx.need('dispute', ids['id']!)),
  route('GET', '/v1/disputes', z.strictObject({ ...paging, charge: text.optional() }), ({ tx, params, url }) =>
    page(
      url,
      tx.all('dispute').filter(({ charge }) => (params.charge ?? charge) === charge),
      params,
    ),
  ),
  route('POST', '/v1/disputes/:id/close', one, ({ tx, ids }) => {
    const dispute = tx.need('dispute', ids['id']!);
    if (dispute.status !== 'needs_response') throw refused('This dispute is already closed.');
    return tx.put({ ...dispute, status: 'lost' as const });
  }),
];
