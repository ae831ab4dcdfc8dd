import type { ObjectType } from './state/objects';
import type { Store } from './state/store';

const COUNTED: ObjectType[] = [
  'customer',
  'payment_method',
  'setup_intent',
  'product',
  'price',
  'billing.meter',
  'subscription',
  'invoice',
  'charge',
];

/** An HTML page for people, with the customers, their payments and the latest effects. All values are escaped. */
export function overview(store: Store): string {
  const live = <T extends ObjectType>(type: T) => store.all(type).filter((object) => !object.deleted);
  const customers = live('customer')
    .reverse()
    .map((customer) => {
      const subscriptions = live('subscription').filter((each) => each.customer === customer.id);
      const paid = live('charge').filter((each) => each.customer === customer.id && each.paid);
      return [
        customer.id,
        customer.name ?? '',
        customer.metadata['tenantId'] ?? '',
        subscriptions.map((each) => `${each.id} ${each.status}`).join(', '),
        paid.map((each) => `${(each.amount / 100).toFixed(2)} ${each.currency}`).join(', '),
      ];
    });
  const effects = store
    .effects(50)
    .reverse()
    .map((each) => [
      each.time,
      each.effect,
      each.object,
      each.id,
      each.tenantId ?? '',
      each.amount ?? '',
      each.idempotencyKey ?? '',
    ]);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Local Stripe</title>
<style>body{font:15px/1.5 system-ui;margin:2rem}table{border-collapse:collapse;margin-bottom:2rem}td,th{padding:.2rem .8rem;border:1px solid #ccc;text-align:left}</style>
<h1>Local Stripe</h1><p>A simulator of Stripe's API on this machine. No real money moves.</p>
${table(
  ['object', 'count'],
  COUNTED.map((type) => [type, live(type).length]),
)}
<h2>Customers</h2>${table(['id', 'name', 'tenant', 'subscriptions', 'paid'], customers)}
<h2>Latest effects</h2>${table(['time', 'effect', 'object', 'id', 'tenant', 'amount', 'idempotency key'], effects)}</html>`;
}

function table(head: string[], rows: (string | number)[][]): string {
  const row = (cells: (string | number)[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escape(String(cell))}</${tag}>`).join('')}</tr>`;
  return `<table>${row(head, 'th')}${rows.map((cells) => row(cells, 'td')).join('')}</table>`;
}

function escape(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
