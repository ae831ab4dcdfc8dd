/** The words in the paths of Stripe's API; everything else in a path is an id. */
const WORDS = new Set([
  ...[
    'v1',
    'account',
    'accounts',
    'billing',
    'cancel',
    'charges',
    'customers',
    'finalize',
    'invoice_payments',
    'invoices',
  ],
  ...[
    'meter_event_adjustments',
    'meter_events',
    'meters',
    'pay',
    'payment_methods',
    'prices',
    'products',
    'search',
    'setup_intents',
    'subscriptions',
  ],
]);

/** A request without ids and query: `POST /v1/customers/{id}`. */
export function operationOf(method: string, path: string): string {
  const [withoutQuery] = path.split('?');
  const segments = withoutQuery!.split('/').map((segment) => (segment === '' || WORDS.has(segment) ? segment : '{id}'));
  return `${method} ${segments.join('/')}`;
}
