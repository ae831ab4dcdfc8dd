import type { Queryable } from '../database';

/** States of an endpoint that are counted. `failing`: enabled, and its newest answer is a failure. */
export const COUNTED_ENDPOINTS = ['enabled', 'failing', 'disabled'] as const;

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

/** States of messages whose delivery is open. */
export const OPEN_MESSAGES = ['waiting', 'trying'] as const;

/** Number of messages whose delivery is open, by state. */
export async function countOpenMessages(
  db: Queryable,
): Promise<{ state: (typeof OPEN_MESSAGES)[number]; count: number }[]> {
  const { rows } = await db.query<{ state: (typeof OPEN_MESSAGES)[number]; count: number }>(
    `select state, count(*)::int as count from webhook_delivery where state in ('waiting', 'trying') group by state`,
  );
  return rows;
}
