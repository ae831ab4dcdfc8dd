import { z } from 'zod';
import { refused } from '../requests/errors';
import { integer, text } from '../requests/params';
import { route, type Route } from '../requests/request';
import { newId } from '../state/ids';
import type { Coupon, TaxRate } from '../state/account-objects';

const coupon = z.strictObject({
  amount_off: integer.optional(),
  currency: text.optional(),
  duration: z.enum(['forever', 'once']),
  id: text.optional(),
  name: text.optional(),
  percent_off: text.optional(),
});
const taxRate = z.strictObject({
  display_name: text,
  inclusive: z.literal('false'),
  percentage: text,
});

/** `/v1/coupons` and `/v1/tax_rates` (https://docs.stripe.com/api/coupons, https://docs.stripe.com/api/tax_rates). */
export const termRoutes: Route[] = [
  route('POST', '/v1/coupons', coupon, ({ tx, params }) => {
    const { amount_off, currency, duration, id, name, percent_off } = params;
    if (id !== undefined && tx.get('coupon', id))
      throw refused('Coupon already exists.', { code: 'resource_already_exists', param: 'id' });
    const made: Coupon = {
      id: id ?? newId('coupon', 8),
      object: 'coupon',
      amount_off: amount_off ?? null,
      created: tx.now,
      currency: currency ?? null,
      duration,
      duration_in_months: null,
      livemode: false,
      max_redemptions: null,
      metadata: {},
      name: name ?? null,
      percent_off: percent_off === undefined ? null : Number(percent_off),
      redeem_by: null,
      times_redeemed: 0,
      valid: true,
    };
    return tx.put(made);
  }),
  route('GET', '/v1/coupons/:id', z.strictObject({}), ({ tx, ids }) => tx.need('coupon', ids['id']!)),
  route('POST', '/v1/tax_rates', taxRate, ({ tx, params }) => {
    const made: TaxRate = {
      id: newId('txr'),
      object: 'tax_rate',
      active: true,
      country: null,
      created: tx.now,
      description: null,
      display_name: params.display_name,
      effective_percentage: null,
      flat_amount: null,
      inclusive: false,
      jurisdiction: null,
      jurisdiction_level: null,
      livemode: false,
      metadata: {},
      percentage: Number(params.percentage),
      rate_type: null,
      state: null,
      tax_type: null,
    };
    return tx.put(made);
  }),
  route('GET', '/v1/tax_rates/:id', z.strictObject({}), ({ tx, ids }) => tx.need('tax_rate', ids['id']!)),
];
