import { z } from 'zod';
import { page } from '../list';
import { paging, range, text, within } from '../requests/params';
import { route, type Route } from '../requests/request';

/** `/v1/events` (https://docs.stripe.com/api/events). Stripe keeps events for 30 days; this server keeps the newest 2,000. */
export const eventRoutes: Route[] = [
  route('GET', '/v1/events/:id', z.strictObject({}), ({ tx, ids }) => tx.need('event', ids['id']!)),
  route(
    'GET',
    '/v1/events',
    z.strictObject({ ...paging, created: range.optional(), type: text.optional(), types: z.array(text).optional() }),
    ({ tx, params, url }) => {
      const { created, type, types = type === undefined ? undefined : [type] } = params;
      const found = tx
        .all('event')
        .filter((each) => within(each.created, created) && (types === undefined || types.includes(each.type)));
      return page(url, found, params);
    },
  ),
];
