import { badRequest } from './requests/errors';
import type { ObjectType } from './state/objects';
import type { Transaction } from './state/transaction';

/** Expandable references: type of the owner and path within it → type of the referenced object. */
const REFERENCES: Record<string, ObjectType> = {
  'customer invoice_settings.default_payment_method': 'payment_method',
  'payment_method customer': 'customer',
  'setup_intent customer': 'customer',
  'setup_intent payment_method': 'payment_method',
  'product default_price': 'price',
  'price product': 'product',
  'subscription customer': 'customer',
  'subscription default_payment_method': 'payment_method',
  'subscription latest_invoice': 'invoice',
  'invoice customer': 'customer',
  'invoice parent.subscription_details.subscription': 'subscription',
  'invoice_payment invoice': 'invoice',
  'invoice_payment payment.payment_intent': 'payment_intent',
  'line_item pricing.price_details.price': 'price',
  'payment_intent customer': 'customer',
  'payment_intent latest_charge': 'charge',
  'payment_intent payment_method': 'payment_method',
  'refund charge': 'charge',
  'charge balance_transaction': 'balance_transaction',
  'charge customer': 'customer',
  'charge payment_intent': 'payment_intent',
  'balance_transaction source': 'charge',
};

type Node = Record<string, unknown>;

/**
 * Replaces the ids along each path with their objects, in place (https://docs.stripe.com/api/expanding_objects). Throws for a path that
 * cannot be expanded.
 */
export function expandPaths(tx: Transaction, answer: object, paths: string[] = []): void {
  for (const path of paths) {
    const keys = path.split('.');
    // As at Stripe, the `data` level of a list does not count.
    if (keys.filter((key) => key !== 'data').length > 4)
      throw badRequest(`You cannot expand more than 4 levels of a property (${path}).`);
    descend(tx, answer as Node, keys, '', '');
  }
}

function descend(tx: Transaction, node: Node, [key, ...rest]: string[], type: string, prefix: string): void {
  if (key === undefined) return;
  if (typeof node['object'] === 'string') [type, prefix] = [node['object'], ''];
  const path = prefix + key;
  let value = node[key];
  const target = REFERENCES[`${type} ${path}`];
  if (value === undefined && !(key in node)) {
    value = included(tx, node, `${type} ${path}`);
    if (value === undefined) throw badRequest(`This property cannot be expanded (${path}).`);
    node[key] = value;
  }
  if (typeof value === 'string') {
    if (target === undefined) throw badRequest(`This property cannot be expanded (${path}).`);
    // The source of a balance transaction is a charge or a refund.
    const type = value.startsWith('re_') ? 'refund' : target;
    node[key] = value = tx.get(type, value) ?? { id: value, object: type, deleted: true };
  }
  if (Array.isArray(value)) for (const element of value) descend(tx, element as Node, rest, type, '');
  else if (value !== null) descend(tx, value as Node, rest, type, `${path}.`);
}

/** Lists that Stripe includes only if they are expanded. */
function included(tx: Transaction, owner: Node, what: string): unknown {
  const list = (data: unknown[], url: string): Node => ({
    object: 'list',
    data: structuredClone(data),
    has_more: false,
    url,
  });
  const id = String(owner['id']);
  if (what === 'customer subscriptions') {
    const live = tx.all('subscription').filter((each) => each.customer === id && each.status !== 'canceled');
    return list(live, `/v1/customers/${id}/subscriptions`);
  }
  if (what === 'invoice payments') {
    return list(
      tx.all('invoice_payment').filter((each) => each.invoice === id),
      `/v1/invoice_payments?invoice=${id}`,
    );
  }
  return undefined;
}
