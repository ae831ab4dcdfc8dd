import { z } from 'zod';
import { advance, newClock } from '../billing/clock';
import { page } from '../list';
import { integer, paging, text } from '../requests/params';
import { route, type Route } from '../requests/request';
import { removeCustomer } from './customers';

const one = z.strictObject({});
const path = '/v1/test_helpers/test_clocks';

/** `/v1/test_helpers/test_clocks` (https://docs.stripe.com/api/test_clocks): customers that are made on a clock live in its time. */
export const testClockRoutes: Route[] = [
  route('POST', path, z.strictObject({ frozen_time: integer, name: text.optional() }), ({ tx, params }) =>
    tx.put(newClock(tx.now, params.frozen_time, params.name)),
  ),
  route('GET', path, z.strictObject(paging), ({ tx, params, url }) =>
    page(url, tx.all('test_helpers.test_clock'), params),
  ),
  route('GET', `${path}/:id`, one, ({ tx, ids }) => tx.need('test_helpers.test_clock', ids['id']!)),
  route('POST', `${path}/:id/advance`, z.strictObject({ frozen_time: integer }), ({ tx, params, ids }) =>
    advance(tx, tx.need('test_helpers.test_clock', ids['id']!), params.frozen_time),
  ),
  route('DELETE', `${path}/:id`, one, ({ tx, ids }) => {
    const clock = tx.need('test_helpers.test_clock', ids['id']!);
    for (const { id } of tx.all('customer').filter((each) => each.test_clock === clock.id))
      removeCustomer(tx, tx.need('customer', id));
    tx.delete(clock);
    return { id: clock.id, object: clock.object, deleted: true };
  }),
];
