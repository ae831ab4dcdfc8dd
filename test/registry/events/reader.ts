import { createRegistryPool } from '../../../registry/database';
import { readEvents } from '../../../registry/events/readers';

/**
 * A process that reads events and gets stuck in the middle of its second batch, after it has written part of it: its parent kills it there.
 */
const [url] = process.argv.slice(2);
const pool = createRegistryPool(url!, 2, 'stuck reader');

async function main(): Promise<void> {
  for (let batch = 1; ; batch++)
    await readEvents(pool, 'killed', 10, async (events, client) => {
      for (const [index, { sequence }] of events.entries()) {
        await client.query(`insert into seen (sequence) values ($1)`, [sequence]);
        if (batch < 2 || index < 4) continue;
        process.send!('stuck');
        await new Promise(() => {});
      }
    });
}

void main();
