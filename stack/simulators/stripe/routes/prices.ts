import { z } from 'zod';
import { badRequest, refused } from '../requests/errors';
import { newId } from '../state/ids';
import { page } from '../list';
import type { Price } from '../state/objects';
import { flag, integer, mergeMetadata, metadata, paging, range, text, within } from '../requests/params';
import { route, type Route } from '../requests/request';
import type { Transaction } from '../state/transaction';

const interval = z.enum(['day', 'week', 'month', 'year']);
const usageType = z.enum(['licensed', 'metered']);
const fields = {
  active: flag.optional(),
  lookup_key: text.optional(),
  metadata: metadata.optional(),
  nickname: text.optional(),
  tax_behavior: z.enum(['exclusive', 'inclusive', 'unspecified']).optional(),
  transfer_lookup_key: flag.optional(),
};
const create = z.strictObject({
  ...fields,
  currency: z.string().regex(/^[a-z]{3}$/),
  product: text,
  recurring: z
    .strictObject({
      interval,
      interval_count: integer.optional(),
      meter: text.optional(),
      usage_type: usageType.optional(),
    })
    .optional(),
  unit_amount: integer,
});
const filter = {
  active: flag.optional(),
  created: range.optional(),
  currency: text.optional(),
  lookup_keys: z.array(text).max(10).optional(),
  product: text.optional(),
  recurring: z
    .strictObject({ interval: interval.optional(), meter: text.optional(), usage_type: usageType.optional() })
    .optional(),
  type: z.enum(['one_time', 'recurring']).optional(),
};

/** `/v1/prices` (https://docs.stripe.com/api/prices). */
export const priceRoutes: Route[] = [
  route('POST', '/v1/prices', create, ({ tx, params }) => {
    tx.need('product', params.product, 'product');
    const { recurring } = params;
    const metered = recurring?.usage_type === 'metered';
    if (metered && recurring.meter === undefined)
      throw badRequest('Metered prices must be backed by meters.', { param: 'recurring[meter]' });
    if (!metered && recurring?.meter !== undefined)
      throw badRequest('A meter needs usage_type=metered.', { param: 'recurring[meter]' });
    if (recurring?.meter !== undefined) tx.need('billing.meter', recurring.meter, 'recurring[meter]');
    takeLookupKey(tx, params.lookup_key, params.transfer_lookup_key);
    const price: Price = {
      id: newId('price'),
      object: 'price',
      active: params.active ?? true,
      billing_scheme: 'per_unit',
      created: tx.now,
      currency: params.currency,
      custom_unit_amount: null,
      livemode: false,
      lookup_key: params.lookup_key ?? null,
      metadata: mergeMetadata({}, params.metadata),
      nickname: params.nickname ?? null,
      product: params.product,
      recurring: recurring
        ? {
            interval: recurring.interval,
            interval_count: recurring.interval_count ?? 1,
            meter: recurring.meter ?? null,
            usage_type: recurring.usage_type ?? 'licensed',
          }
        : null,
      tax_behavior: params.tax_behavior ?? 'unspecified',
      tiers_mode: null,
      transform_quantity: null,
      type: recurring ? 'recurring' : 'one_time',
      unit_amount: params.unit_amount,
      unit_amount_decimal: String(params.unit_amount),
    };
    return tx.put(price);
  }),
  route('POST', '/v1/prices/:id', z.strictObject(fields), ({ tx, params, ids }) => {
    const price = tx.need('price', ids['id']!);
    const { metadata: change, transfer_lookup_key, ...set } = params;
    if (set.lookup_key !== undefined && set.lookup_key !== price.lookup_key)
      takeLookupKey(tx, set.lookup_key, transfer_lookup_key);
    const given = Object.fromEntries(Object.entries(set).map(([key, value]) => [key, value === '' ? null : value]));
    return tx.put({ ...price, ...given, metadata: mergeMetadata(price.metadata, change) });
  }),
  route('GET', '/v1/prices/:id', z.strictObject({}), ({ tx, ids }) => tx.need('price', ids['id']!)),
  route('GET', '/v1/prices', z.strictObject({ ...paging, ...filter }), ({ tx, params, url }) => {
    const { active, created, currency, lookup_keys: keys, product, recurring, type } = params;
    const found = tx
      .all('price')
      .filter((each) => within(each.created, created) && (active === undefined || each.active === active))
      .filter((each) => (currency ?? each.currency) === each.currency && (product ?? each.product) === each.product)
      .filter((each) => keys === undefined || (each.lookup_key !== null && keys.includes(each.lookup_key)))
      .filter((each) => type === undefined || each['type'] === type)
      .filter((each) =>
        Object.entries(recurring ?? {}).every(([key, value]) => each.recurring?.[key as 'meter'] === value),
      );
    return page(url, found, params);
  }),
];

/** Makes sure that no other price has this lookup key: `transfer` takes it from its holder; otherwise throws if there is one. */
function takeLookupKey(tx: Transaction, key: string | undefined, transfer = false): void {
  const holder = key ? tx.all('price').find((price) => price.lookup_key === key) : undefined;
  if (holder === undefined) return;
  if (!transfer) throw refused(`A price (\`${holder.id}\`) already uses that lookup key.`, { param: 'lookup_key' });
  tx.put({ ...holder, lookup_key: null });
}
