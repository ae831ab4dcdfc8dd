import type pg from 'pg';
import type { NumberedEvent } from '../../contract/events/events';
import { maybeOne, transaction } from '../database';
import { numberEvents } from './numbering';
import { listNumbered } from './read';

/**
 * Handles the next events of a named reader and returns how many they were; if `limit`, there may be more. `handle` runs in the transaction
 * that advances the reader, so what it writes with `client` is written exactly once for each event. Anything else that it does may be
 * repeated: after an error or a crash the reader gets the same events again. It must end within 30 s, when an idle transaction is ended.
 *
 * Processes with the same reader take turns: while one handles events, the others get none. A new reader begins with the oldest event.
 */
export async function readEvents(
  pool: pg.Pool,
  name: string,
  limit: number,
  handle: (events: NumberedEvent[], client: pg.PoolClient) => Promise<void>,
): Promise<number> {
  await numberEvents(pool);
  if (await isUpToDate(pool, name)) return 0;
  return transaction(pool, async (client) => {
    const reader = await maybeOne<{ position: string }>(
      client,
      `select position from event_reader where name = $1 for update skip locked`,
      [name],
    );
    if (!reader) return 0;
    const { events, position } = await listNumbered(client, { after: Number(reader.position), limit });
    if (events.length === 0) return 0;
    await handle(events, client);
    await client.query(`update event_reader set position = $2 where name = $1`, [name, position]);
    return events.length;
  });
}

/** Saves a transaction for each wake-up of a reader that has nothing to read. Adds the reader if it is new. */
async function isUpToDate(pool: pg.Pool, name: string): Promise<boolean> {
  const known = await maybeOne<{ upToDate: boolean }>(
    pool,
    `select position = newest as "upToDate" from event_reader, event_head where name = $1`,
    [name],
  );
  if (known) return known.upToDate;
  // The lock waits for `forgetEvents`, which might not see the new reader yet and delete what it is to read.
  await pool.query(
    `insert into event_reader (name, position) select $1, forgotten from event_head for share on conflict do nothing`,
    [name],
  );
  return false;
}
