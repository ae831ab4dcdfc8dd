import type pg from 'pg';
import { transaction } from '../database';
import { recordFindings } from './findings';

/**
 * Lets those of a tenant's events that were set aside be handled again whose findings are open, and ends these findings. The API's relay tells the
 * tenant's run. What an operator has resolved stays as it is: it was done by hand.
 */
export async function retrySetAside(pool: pg.Pool, tenantId: string): Promise<void> {
  await transaction(pool, async (client) => {
    const { rows } = await client.query<{ eventId: string }>(
      `update stripe_event set handled_at = null, outcome = null, failures = 0, failed_at = null, told_at = null
       where outcome = 'set_aside' and tenant_id = $1 and event_id in (
         select object_id from billing_finding
         where tenant_id = $1 and problem = 'event_set_aside' and ended_at is null and resolved_at is null)
       returning event_id as "eventId"`,
      [tenantId],
    );
    for (const { eventId } of rows)
      await recordFindings(client, tenantId, { asked: ['event_set_aside'], found: [], of: eventId });
  });
}
