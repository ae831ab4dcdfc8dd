import { z } from 'zod';
import { inTimeOf } from '../billing/clock';
import { cancel } from '../billing/lifecycle';
import { newId } from '../state/ids';
import { page } from '../list';
import { refused } from '../requests/errors';
import type { TaxId } from '../state/account-objects';
import type { Customer } from '../state/objects';
import { mergeMetadata, metadata, paging, range, text, within } from '../requests/params';
import { route, type Route } from '../requests/request';
import type { Transaction } from '../state/transaction';
import { attached, attach, resolveMethod } from './payment-methods';

const address = z.union([
  z.literal(''),
  z.strictObject({
    city: text.optional(),
    country: text.optional(),
    line1: text.optional(),
    line2: text.optional(),
    postal_code: text.optional(),
    state: text.optional(),
  }),
]);
const fields = {
  address: address.optional(),
  description: text.optional(),
  email: text.optional(),
  invoice_settings: z.strictObject({ default_payment_method: text.optional() }).optional(),
  metadata: metadata.optional(),
  name: text.optional(),
  phone: text.optional(),
};
const create = z.strictObject({
  ...fields,
  payment_method: text.optional(),
  tax_id_data: z
    .array(z.strictObject({ type: text, value: text }))
    .max(5)
    .optional(),
  test_clock: text.optional(),
});
const update = z.strictObject(fields);

/** `/v1/customers` (https://docs.stripe.com/api/customers). */
export const customerRoutes: Route[] = [
  route('POST', '/v1/customers', create, ({ tx, params }) => {
    const { test_clock: clock } = params;
    if (clock !== undefined) tx.now = tx.need('test_helpers.test_clock', clock, 'test_clock').frozen_time;
    const customer = tx.put({ ...blank(tx.now), test_clock: clock ?? null });
    apply(tx, customer, params, params.payment_method);
    params.tax_id_data?.forEach((given, index) => addTaxId(tx, customer.id, given, `tax_id_data[${index}][value]`));
    return tx.need('customer', customer.id);
  }),
  route('POST', '/v1/customers/:id', update, ({ tx, params, ids }) => {
    const customer = tx.need('customer', ids['id']!);
    apply(tx, customer, params);
    return tx.need('customer', customer.id);
  }),
  route('GET', '/v1/customers/:id', z.strictObject({}), ({ tx, ids }) => {
    const gone = tx.store.get('customer', ids['id']!);
    if (gone?.deleted) return { id: gone.id, object: 'customer', deleted: true };
    return tx.need('customer', ids['id']!);
  }),
  route(
    'GET',
    '/v1/customers',
    z.strictObject({ ...paging, created: range.optional(), email: text.optional(), test_clock: text.optional() }),
    ({ tx, params, url }) => {
      const { created, email, test_clock: clock = null } = params;
      const found = tx
        .all('customer')
        .filter((each) => each.test_clock === clock)
        .filter((each) => within(each.created, created) && (email === undefined || each.email === email));
      return page(url, found, params);
    },
  ),
  route('GET', '/v1/customers/:id/tax_ids', z.strictObject(paging), ({ tx, params, ids, url }) => {
    const { id } = tx.need('customer', ids['id']!);
    const found = tx.all('tax_id').filter(({ customer }) => customer === id);
    return page(url, found, params);
  }),
  route('DELETE', '/v1/customers/:id', z.strictObject({}), ({ tx, ids }) => {
    const customer = tx.need('customer', ids['id']!);
    inTimeOf(tx, customer.id);
    removeCustomer(tx, customer);
    return { id: customer.id, object: 'customer', deleted: true };
  }),
];

/** Deletes a customer: its subscriptions are cancelled, and its payment methods detached. */
export function removeCustomer(tx: Transaction, customer: Customer): void {
  for (const subscription of tx.all('subscription')) {
    if (subscription.customer === customer.id && subscription.status !== 'canceled')
      cancel(tx, tx.need('subscription', subscription.id));
  }
  for (const method of attached(tx, customer.id)) tx.put({ ...method, customer: null });
  for (const taxId of tx.all('tax_id').filter((each) => each.customer === customer.id)) tx.delete(taxId);
  tx.delete(customer);
}

/** What the tax office says in test mode (https://docs.stripe.com/billing/customer/tax-ids#validation). */
const VERIFICATIONS: Record<string, string> = { '111111111': 'unverified', '222222222': 'pending' };

/** Gives a customer a tax id. Of VAT numbers of the EU the form is checked. */
function addTaxId(tx: Transaction, customer: string, { type, value }: { type: string; value: string }, param: string) {
  if (type === 'eu_vat' && !/^(?:[A-Z]{2}[0-9A-Z]{2,12}|(\d)\1{8})$/.test(value))
    throw refused('Invalid value for eu_vat.', { code: 'tax_id_invalid', param });
  const isVerified = type === 'eu_vat' || type === 'gb_vat';
  tx.put<TaxId>({
    id: newId('txi'),
    object: 'tax_id',
    country: type.slice(0, 2) === 'eu' ? value.slice(0, 2) : type.slice(0, 2).toUpperCase(),
    created: tx.now,
    customer,
    livemode: false,
    owner: { type: 'customer', customer },
    type,
    value,
    verification: {
      status: isVerified ? (VERIFICATIONS[value] ?? 'verified') : 'unavailable',
      verified_address: null,
      verified_name: null,
    },
  });
}

function apply(tx: Transaction, customer: Customer, params: z.output<typeof update>, paymentMethod?: string): void {
  const { address: where, description, email, invoice_settings, metadata: change, name, phone } = params;
  // An empty string unsets a field; an absent parameter leaves the field unchanged.
  const set = (key: string, value: unknown) => value !== undefined && (customer[key] = value === '' ? null : value);
  for (const [key, value] of Object.entries({ description, email, name, phone })) set(key, value);
  if (where !== undefined) customer['address'] = where === '' ? null : { ...NOWHERE, ...where };
  customer.metadata = mergeMetadata(customer.metadata, change);
  tx.put(customer);
  if (paymentMethod !== undefined) attach(tx, resolveMethod(tx, paymentMethod), customer.id);
  const preferred = invoice_settings?.default_payment_method;
  if (preferred !== undefined) {
    if (preferred !== '') tx.need('payment_method', preferred, 'invoice_settings[default_payment_method]');
    customer.invoice_settings.default_payment_method = preferred === '' ? null : preferred;
    tx.put(customer);
  }
}

const NOWHERE = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

function blank(now: number): Customer {
  return {
    id: newId('cus', 14),
    object: 'customer',
    address: null,
    balance: 0,
    created: now,
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: newId('').slice(1, 9).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}
