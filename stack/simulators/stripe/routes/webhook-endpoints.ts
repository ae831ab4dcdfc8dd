import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { page } from '../list';
import { flag, mergeMetadata, metadata, paging, text } from '../requests/params';
import { route, type Route } from '../requests/request';
import { newId } from '../state/ids';
import type { WebhookEndpoint } from '../state/account-objects';
import type { StripeObject } from '../state/stripe-object';
import type { Transaction } from '../state/transaction';

const address = text.refine((url) => /^https?:\/\//.test(url), 'must be an absolute URL');
const types = z.array(text).min(1);
const fields = { description: text.optional(), metadata: metadata.optional() };
const create = z.strictObject({ ...fields, enabled_events: types, url: address });
const update = z.strictObject({
  ...fields,
  disabled: flag.optional(),
  enabled_events: types.optional(),
  url: address.optional(),
});

/** `/v1/webhook_endpoints` (https://docs.stripe.com/api/webhook_endpoints). Unlike Stripe, this server sends to private addresses, too. */
export const webhookEndpointRoutes: Route[] = [
  route('POST', '/v1/webhook_endpoints', create, ({ tx, params }) =>
    tx.put(newEndpoint(tx.now, { ...params, secret: `whsec_${randomBytes(24).toString('hex')}` })),
  ),
  route('POST', '/v1/webhook_endpoints/:id', update, ({ tx, params, ids }) => {
    const { disabled, metadata: change, description, enabled_events: types, url } = params;
    const endpoint = tx.need('webhook_endpoint', ids['id']!);
    const status = disabled === undefined ? endpoint.status : disabled ? 'disabled' : 'enabled';
    return shown(
      tx.put({
        ...endpoint,
        ...(description === undefined ? {} : { description }),
        enabled_events: types ?? endpoint.enabled_events,
        url: url ?? endpoint.url,
        status,
        metadata: mergeMetadata(endpoint.metadata, change),
      }),
    );
  }),
  route('GET', '/v1/webhook_endpoints/:id', z.strictObject({}), ({ tx, ids }) =>
    shown(tx.need('webhook_endpoint', ids['id']!)),
  ),
  route('GET', '/v1/webhook_endpoints', z.strictObject(paging), ({ tx, params, url }) =>
    page(url, tx.all('webhook_endpoint').map(shown), params),
  ),
  route('DELETE', '/v1/webhook_endpoints/:id', z.strictObject({}), ({ tx, ids }) => {
    const endpoint = tx.need('webhook_endpoint', ids['id']!);
    tx.delete(endpoint);
    return { id: endpoint.id, object: 'webhook_endpoint', deleted: true };
  }),
];

/** An enabled endpoint. */
function newEndpoint(
  now: number,
  settings: Pick<z.output<typeof create>, 'enabled_events' | 'url'> &
    Partial<z.output<typeof create>> & { secret: string },
): WebhookEndpoint {
  const { enabled_events, url, secret, description = null, metadata: data } = settings;
  return {
    id: newId('we'),
    object: 'webhook_endpoint',
    api_version: null,
    application: null,
    created: now,
    description,
    enabled_events,
    livemode: false,
    metadata: mergeMetadata({}, data),
    secret,
    status: 'enabled',
    url,
  };
}

/** Where events are sent, and what signs them. */
export interface Forwarding {
  url: string;
  /** `whsec_…` */
  secret: string;
  /** Types of the events; `*` for all. */
  types: string[];
}

/** Makes an endpoint with a given secret, as `stripe listen --forward-to` does, in place of one with the same URL. May be repeated. */
export function forwardTo(tx: Transaction, { url, secret, types }: Forwarding): void {
  const known = tx.all('webhook_endpoint').find((each) => each.url === url);
  if (known?.secret === secret) return;
  const endpoint = newEndpoint(tx.now, { url, secret, enabled_events: types });
  tx.put(known === undefined ? endpoint : { ...endpoint, id: known.id });
}

/** As at Stripe, only the answer to the creation shows the secret. */
function shown(endpoint: WebhookEndpoint): StripeObject {
  const answer: StripeObject = { ...endpoint };
  delete answer['secret'];
  return answer;
}
