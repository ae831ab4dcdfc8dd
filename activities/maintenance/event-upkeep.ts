import type pg from 'pg';
import { forgetStripeEvents } from '../../registry/billing/stripe-events';
import { forgetEvents } from '../../registry/events/retention';
import { recordMissingFigures } from '../../registry/metrics/figures';
import { forgetStaffSessions } from '../../registry/staff/sessions';
import { forgetUsage } from '../../registry/usage/retention';
import type { ActivitySettings } from '../dependencies';
import type { EventUpkeepActivities } from './interface-upkeep';

const DAY_MS = 86_400_000;

/** Far longer than Stripe may send an event again. */
const STRIPE_EVENT_DAYS = 30;

/** The upkeep of the event log, of what is recorded of operations that have ended, of people's sessions, and of usage. */
export function createEventUpkeep({
  pool,
  settings: { eventRetentionDays },
}: {
  pool: pg.Pool;
  settings: Pick<ActivitySettings, 'eventRetentionDays'>;
}): EventUpkeepActivities {
  return {
    async forgetOldEvents() {
      const oldest = new Date(Date.now() - eventRetentionDays * DAY_MS);
      const forgotten = eventRetentionDays === 0 ? 0 : await forgetEvents(pool, oldest);
      await forgetStripeEvents(pool, new Date(Date.now() - STRIPE_EVENT_DAYS * DAY_MS));
      await recordMissingFigures(pool);
      await forgetStaffSessions(pool, new Date());
      await forgetUsage(pool, new Date());
      return forgotten;
    },
  };
}
