import type pg from 'pg';
import { maybeOne } from '../database';

/** Events numbered per transaction, so that a backlog of any size is numbered within the time-out of a statement. */
const BATCH = 10_000;

/** The statement that numbers up to {@link BATCH} events. */
export const NUMBER_EVENTS = `
  with numbered as (
    update event set sequence = given.sequence
    from (select event_id, (select newest from event_head) + row_number() over (order by event_id) as sequence
          from (select event_id from event where sequence is null order by event_id limit ${BATCH}) as waiting) as given
    where event.event_id = given.event_id
    returning 1)
  update event_head set newest = newest + (select count(*) from numbered)`;

/**
 * Numbers every event whose transaction has committed. Every reader calls this before it reads.
 *
 * An event cannot get its number when it is appended, because transactions do not commit in the order in which they append: a reader that
 * has seen number 8 would miss number 7 if that is committed later, and a transaction that is rolled back would leave a gap. A lock that
 * makes appending transactions wait for each other would help, but then only one transaction could change anything at a time.
 *
 * Here only committed rows are visible and get numbers, and a row that becomes visible later gets a higher one. An event also comes after
 * every event that was committed before it was appended: a snapshot that shows it shows those too, and their `event_id` is lower. Open
 * transactions delay no other event's number, and rows of a restored dump are numbered like any others.
 */
export async function numberEvents(pool: pg.Pool): Promise<void> {
  // Sent as one query, both statements are one transaction in one round trip. The second must not be merged with the first: it has to see
  // what the previous holder of the lock has committed.
  while (await hasUnnumbered(pool)) await pool.query(`select from event_head for update; ${NUMBER_EVENTS}`);
}

async function hasUnnumbered(pool: pg.Pool): Promise<boolean> {
  const row = await maybeOne<{ found: boolean }>(
    pool,
    `select exists (select from event where sequence is null) as found`,
  );
  return row!.found;
}
