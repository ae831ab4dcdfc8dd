import { previewPrice } from '../../../api/preview/price';
import { UnknownParts } from '../../../api/preview/unknown';
import type { Queryable } from '../../../registry/database';
import { loadTemplates } from '../../../templates/load';
import { order } from '../../helpers/api';

test('the price of an order has the plan’s quantity, coupon and tax rates', async () => {
  const template = loadTemplates('templates').get('starter');
  const billing = { ...template.billing, quantity: 2, coupon: 'LAUNCH', taxRates: ['txr_1'] };
  const nothing = { query: () => Promise.resolve({ rows: [] }) } as unknown as Queryable;
  const price = await previewPrice(nothing, new UnknownParts({ warn: () => {} }), order(), { ...template, billing });
  expect(price).toMatchObject({ quantity: 2, coupon: 'LAUNCH', taxRates: ['txr_1'] });
  expect(price.now.amount).toBe(2 * template.billing.prices.monthly);
});
