import { z } from 'zod';
import { refused } from '../requests/errors';
import { newId } from '../state/ids';
import { page } from '../list';
import type { Product } from '../state/objects';
import { flag, mergeMetadata, metadata, paging, range, text, within } from '../requests/params';
import { route, type Route } from '../requests/request';

const fields = {
  active: flag.optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  unit_label: text.optional(),
};
const create = z.strictObject({ ...fields, id: text.optional(), name: text });
const update = z.strictObject({ ...fields, default_price: text.optional(), name: text.optional() });
const filter = { active: flag.optional(), created: range.optional(), ids: z.array(text).optional() };

/** `/v1/products` (https://docs.stripe.com/api/products). */
export const productRoutes: Route[] = [
  route('POST', '/v1/products', create, ({ tx, params }) => {
    if (params.id !== undefined && tx.store.get('product', params.id) !== undefined) {
      throw refused('Product already exists.', { code: 'resource_already_exists', param: 'id' });
    }
    const { active, description, id, name, unit_label } = params;
    const product: Product = {
      id: id ?? newId('prod', 14),
      object: 'product',
      active: active ?? true,
      created: tx.now,
      default_price: null,
      description: description ?? null,
      images: [],
      livemode: false,
      marketing_features: [],
      metadata: mergeMetadata({}, params.metadata),
      name,
      package_dimensions: null,
      shippable: null,
      statement_descriptor: null,
      tax_code: null,
      unit_label: unit_label ?? null,
      updated: tx.now,
      url: null,
    };
    return tx.put(product);
  }),
  route('POST', '/v1/products/:id', update, ({ tx, params, ids }) => {
    const product = tx.need('product', ids['id']!);
    const { metadata: change, ...set } = params;
    if (set.default_price) tx.need('price', set.default_price, 'default_price');
    const given = Object.fromEntries(Object.entries(set).map(([key, value]) => [key, value === '' ? null : value]));
    return tx.put({ ...product, ...given, metadata: mergeMetadata(product.metadata, change), updated: tx.now });
  }),
  route('GET', '/v1/products/:id', z.strictObject({}), ({ tx, ids }) => {
    const gone = tx.store.get('product', ids['id']!);
    if (gone?.deleted) return { id: gone.id, object: 'product', deleted: true };
    return tx.need('product', ids['id']!);
  }),
  route('GET', '/v1/products', z.strictObject({ ...paging, ...filter }), ({ tx, params, url }) => {
    const { active, created, ids } = params;
    const found = tx
      .all('product')
      .filter((each) => within(each.created, created) && (active === undefined || each.active === active))
      .filter((each) => ids === undefined || ids.includes(each.id));
    return page(url, found, params);
  }),
  route('DELETE', '/v1/products/:id', z.strictObject({}), ({ tx, ids }) => {
    const product = tx.need('product', ids['id']!);
    if (tx.all('price').some((price) => price.product === product.id)) {
      throw refused('This product cannot be deleted because it has one or more user-created prices.');
    }
    tx.delete(product);
    return { id: product.id, object: 'product', deleted: true };
  }),
];
