import { z } from 'zod';
import { aggregate } from '../billing/usage';
import { badRequest, refused } from '../requests/errors';
import { newId } from '../state/ids';
import { page } from '../list';
import type { Meter, MeterEvent } from '../state/account-objects';
import { integer, paging, text } from '../requests/params';
import { route, type Route } from '../requests/request';

const one = z.strictObject({});
const create = z.strictObject({
  customer_mapping: z.strictObject({ event_payload_key: text, type: z.enum(['by_id']) }).optional(),
  default_aggregation: z.strictObject({ formula: z.enum(['count', 'last', 'sum']) }),
  display_name: z.string().min(1).max(250),
  event_name: z.string().min(1).max(100),
  value_settings: z.strictObject({ event_payload_key: text }).optional(),
});
const event = z.strictObject({
  event_name: text,
  identifier: text.optional(),
  payload: z.record(z.string(), z.string()),
  timestamp: integer.optional(),
});
const DAY = 86_400;

/** Usage is taken for 35 days, and five minutes ahead: https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api. */
function requireTimely(timestamp: number, now: number): void {
  const param = 'timestamp';
  if (timestamp < now - 35 * DAY)
    throw refused('The timestamp is more than 35 days in the past.', { code: 'timestamp_too_far_in_past', param });
  if (timestamp > now + 300)
    throw refused('The timestamp is more than 5 minutes in the future.', { code: 'timestamp_in_future', param });
}

const status = z.enum(['active', 'inactive']);

/**
 * `/v1/billing/meters` and `/v1/billing/meter_events` (https://docs.stripe.com/api/billing/meter). As at Stripe, meters have no metadata.
 */
export const meterRoutes: Route[] = [
  route('POST', '/v1/billing/meters', create, ({ tx, params }) => {
    const { customer_mapping, default_aggregation, display_name, event_name, value_settings } = params;
    if (tx.all('billing.meter').some((meter) => meter.status === 'active' && meter.event_name === event_name)) {
      throw refused(`An active meter with the event name ${event_name} already exists.`, { param: 'event_name' });
    }
    const meter: Meter = {
      id: newId('mtr_test'),
      object: 'billing.meter',
      created: tx.now,
      customer_mapping: customer_mapping ?? { event_payload_key: 'stripe_customer_id', type: 'by_id' },
      default_aggregation,
      display_name,
      event_name,
      event_time_window: null,
      livemode: false,
      status: 'active',
      status_transitions: { deactivated_at: null },
      updated: tx.now,
      value_settings: value_settings ?? { event_payload_key: 'value' },
    };
    return tx.put(meter);
  }),
  route('GET', '/v1/billing/meters/:id', one, ({ tx, ids }) => tx.need('billing.meter', ids['id']!)),
  route('GET', '/v1/billing/meters', z.strictObject({ ...paging, status: status.optional() }), ({ tx, params, url }) =>
    page(
      url,
      tx.all('billing.meter').filter((meter) => (params.status ?? meter.status) === meter.status),
      params,
    ),
  ),
  ...(
    [
      ['deactivate', 'inactive'],
      ['reactivate', 'active'],
    ] as const
  ).map(([verb, to]) =>
    route('POST', `/v1/billing/meters/:id/${verb}`, one, ({ tx, ids }) => {
      const meter = tx.need('billing.meter', ids['id']!);
      if (meter.status === to) throw refused(`The meter is already ${to}.`);
      const status_transitions = { deactivated_at: to === 'inactive' ? tx.now : null };
      return tx.put({ ...meter, status: to, status_transitions, updated: tx.now });
    }),
  ),
  route('POST', '/v1/billing/meter_events', event, ({ tx, params }) => {
    const meter = tx
      .all('billing.meter')
      .find((each) => each.status === 'active' && each.event_name === params.event_name);
    if (meter === undefined)
      throw refused(`No active meter found for event name ${params.event_name}.`, {
        code: 'no_meter',
        param: 'event_name',
      });
    for (const key of [meter.customer_mapping.event_payload_key, meter.value_settings.event_payload_key]) {
      if (params.payload[key] === undefined)
        throw badRequest(`Missing payload key: ${key}.`, { param: `payload[${key}]` });
    }
    requireTimely(params.timestamp ?? tx.now, tx.now);
    const identifier = params.identifier ?? newId('');
    if (tx.store.get('billing.meter_event', identifier))
      throw refused(`An event already exists with identifier ${identifier}.`, { param: 'identifier' });
    const stored: MeterEvent = {
      id: identifier,
      object: 'billing.meter_event',
      created: tx.now,
      event_name: params.event_name,
      identifier,
      livemode: false,
      payload: params.payload,
      timestamp: params.timestamp ?? tx.now,
    };
    const { id: _, ...answer } = tx.put(stored);
    return answer;
  }),
  route(
    'GET',
    '/v1/billing/meters/:id/event_summaries',
    z.strictObject({ ...paging, customer: text, end_time: integer, start_time: integer }),
    ({ tx, params, ids, url }) => {
      const meter = tx.need('billing.meter', ids['id']!);
      const { customer, start_time, end_time } = params;
      const aggregated_value = aggregate(tx, meter, customer, start_time, end_time);
      const summary = {
        id: newId('mtrusg_test'),
        object: 'billing.meter_event_summary',
        created: tx.now,
        aggregated_value,
        end_time,
        livemode: false,
        meter: meter.id,
        start_time,
      };
      const { created: _, ...answer } = summary;
      return page(url, aggregated_value === 0 ? [] : [answer as typeof summary], params);
    },
  ),
];
