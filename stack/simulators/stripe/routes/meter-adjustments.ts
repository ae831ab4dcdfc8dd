import { z } from 'zod';
import { refused } from '../requests/errors';
import { text } from '../requests/params';
import { route, type Route } from '../requests/request';

const create = z.strictObject({
  type: z.enum(['cancel']),
  event_name: text,
  cancel: z.strictObject({ identifier: text }),
});

const DAY = 86_400;

/** `/v1/billing/meter_event_adjustments`: an event can be taken back for a day (https://docs.stripe.com/api/billing/meter-event-adjustment). */
export const meterAdjustmentRoutes: Route[] = [
  route('POST', '/v1/billing/meter_event_adjustments', create, ({ tx, params }) => {
    const { event_name, cancel, type } = params;
    const event = tx.get('billing.meter_event', cancel.identifier);
    const param = 'cancel[identifier]';
    if (event === undefined || event.event_name !== event_name)
      throw refused(`No event with identifier ${cancel.identifier} for ${event_name}.`, { param });
    if (event.created < tx.now - DAY)
      throw refused('Only events received within the last 24 hours can be cancelled.', {
        code: 'cancellation_window_closed',
        param,
      });
    tx.put({ ...event, cancelled: true });
    return { object: 'billing.meter_event_adjustment', livemode: false, type, event_name, cancel, status: 'pending' };
  }),
];
