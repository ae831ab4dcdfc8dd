import type pg from 'pg';
import { maybeOne, transaction } from '../database';

/** Events deleted per transaction, during which no events are numbered. */
const BATCH = 10_000;

/**
 * Deletes the events from before `olderThan` that every named reader has passed, and returns how many. Numbers of the events that stay have
 * no gaps. A reader that no longer reads therefore keeps events from being deleted, until its row in `event_reader` is deleted.
 */
export async function forgetEvents(pool: pg.Pool, olderThan: Date): Promise<number> {
  let deleted = 0;
  for (;;) {
    const batch = await transaction(pool, (client) => forgetBatch(client, olderThan));
    deleted += batch;
    if (batch < BATCH) return deleted;
  }
}

async function forgetBatch(client: pg.PoolClient, olderThan: Date): Promise<number> {
  const head = await maybeOne<{ forgotten: string }>(client, `select forgotten from event_head for update`);
  const forgotten = Number(head!.forgotten);
  // Times are those of the changes and not in the order of the numbers: the first event that is young enough stays, with all after it.
  const { rowCount } = await client.query(
    `delete from event where sequence > $1 and sequence <= $2
       and sequence < coalesce((select min(sequence) from event where sequence > $1 and sequence <= $2 and at >= $3), $2 + 1)
       and sequence <= coalesce((select min(position) from event_reader), $2)`,
    [forgotten, forgotten + BATCH, olderThan],
  );
  const deleted = rowCount ?? 0;
  await client.query(`update event_head set forgotten = forgotten + $1`, [deleted]);
  return deleted;
}
