import type { COUNTED_ENDPOINTS, OPEN_MESSAGES } from '../../contract/metrics/webhooks';
import type { Queryable } from '../database';

/** Number of endpoints by state. */
export async function countEndpoints(
  db: Queryable,
): Promise<{ state: (typeof COUNTED_ENDPOINTS)[number]; count: number }[]> {
  const { rows } = await db.query<{ state: (typeof COUNTED_ENDPOINTS)[number]; count: number }>(
    `select case when disabled_at is not null then 'disabled' when failing_since is not null then 'failing' else 'enabled' end as state,
       count(*)::int as count
     from webhook_endpoint group by 1`,
  );
  return rows;
}

/** Number of messages whose delivery is open, by state. */
export async function countOpenMessages(
  db: Queryable,
): Promise<{ state: (typeof OPEN_MESSAGES)[number]; count: number }[]> {
  const { rows } = await db.query<{ state: (typeof OPEN_MESSAGES)[number]; count: number }>(
    `select state, count(*)::int as count from webhook_delivery where state in ('waiting', 'trying') group by state`,
  );
  return rows;
}
