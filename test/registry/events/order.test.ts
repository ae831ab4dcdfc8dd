import type pg from 'pg';
import { createRegistryPool, transaction } from '../../../registry/database';
import { appendEvents } from '../../../registry/events/append';
import { listEvents, newestSequence } from '../../../registry/events/read';
import { readEvents } from '../../../registry/events/readers';
import { commitEvents, numbersOf, testEvent } from '../../helpers/events/events';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { seededRandom } from '../../helpers/seeded-random';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the order of events: not run, this machine has no PostgreSQL');

suite('the order of events', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await createTestRegistry();
    await registry.asOwner(`create table seen (seen_id bigint generated always as identity, reader text, sequence bigint, number int);
      grant all on seen to public`);
  });
  beforeEach(() =>
    registry.asOwner(
      `truncate event, event_reader, seen restart identity; update event_head set newest = 0, forgotten = 0`,
    ),
  );
  afterAll(() => registry.drop());

  const read = async (after = 0): Promise<number[]> =>
    numbersOf((await listEvents(registry.pool, { after, limit: 1_000 })).events);

  /** A transaction that stays open until it is told to end. */
  async function openTransaction(): Promise<{
    append(number: number): Promise<void>;
    end(how: string): Promise<void>;
  }> {
    const client = await registry.pool.connect();
    await client.query('begin');
    return {
      append: (number) => appendEvents(client, [testEvent(number)]),
      end: async (how) => {
        await client.query(how);
        client.release();
      },
    };
  }

  test('is that of the commits, so that a reader does not miss what is committed late', async () => {
    const slow = await openTransaction();
    await slow.append(1);
    await commitEvents(registry.pool, testEvent(2));
    expect(await read()).toEqual([2]);
    await slow.end('commit');
    expect(await read(1)).toEqual([1]);
    expect(await read()).toEqual([2, 1]);
  });

  test('has an event after those that were committed before it was appended, whichever transaction is older or still open', async () => {
    const [older, open] = [await openTransaction(), await openTransaction()];
    await older.append(1);
    await open.append(2);
    await commitEvents(registry.pool, testEvent(3));
    await older.append(4);
    await older.end('commit');
    expect(await read()).toEqual([1, 3, 4]);
    await open.end('commit');
    expect(await read()).toEqual([1, 3, 4, 2]);
  });

  test('has no gap where a transaction was rolled back', async () => {
    const undone = await openTransaction();
    await undone.append(1);
    await commitEvents(registry.pool, testEvent(2));
    await undone.end('rollback');
    await commitEvents(registry.pool, testEvent(3), testEvent(4));
    const { events } = await listEvents(registry.pool, { after: 0, limit: 10 });
    expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(numbersOf(events)).toEqual([2, 3, 4]);
    expect(await newestSequence(registry.pool)).toBe(3);
  });

  test('continues in a registry restored from a dump, whose server has used fewer transaction ids', async () => {
    await commitEvents(registry.pool, testEvent(1));
    await read();
    await commitEvents(registry.pool, testEvent(2), testEvent(3));
    const restored = await createTestRegistry();
    try {
      for (const table of ['event', 'event_head']) {
        const { rows } = await registry.pool.query<object>(`select * from ${table}`);
        await restored.pool.query(`delete from ${table}`);
        await restored.pool.query(
          `insert into ${table} overriding system value select * from jsonb_populate_recordset(null::${table}, $1)`,
          [JSON.stringify(rows)],
        );
      }
      await restored.asOwner(`select setval(pg_get_serial_sequence('event', 'event_id'), 100)`);
      await commitEvents(restored.pool, testEvent(4));
      const { events } = await listEvents(restored.pool, { after: 0, limit: 10 });
      expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
      expect(numbersOf(events)).toEqual([1, 2, 3, 4]);
    } finally {
      await restored.drop();
    }
  });

  test('is the same for every reader, each event once, while writers commit and roll back and readers take turns', async () => {
    const random = seededRandom(24);
    const committed = new Set<number>();
    let next = 1;
    let writing = true;

    async function write(): Promise<void> {
      for (let turn = 0; turn < 25; turn++) {
        const numbers = Array.from({ length: 1 + Math.floor(random() * 4) }, () => next++);
        const [pause, undone] = [random() * 0.03, random() < 0.25];
        await transaction(registry.pool, async (client) => {
          for (const number of numbers) {
            await appendEvents(client, [testEvent(number)]);
            await client.query(`select pg_sleep($1)`, [pause]);
          }
          if (undone) throw new Error('undone');
          // Before the commit: if it fails, so does the test.
          for (const number of numbers) committed.add(number);
        }).catch((error: Error) => expect(error.message).toBe('undone'));
      }
    }

    async function follow(pool: pg.Pool, reader: string): Promise<void> {
      for (let ended = false; !ended;) {
        // Asked before reading: the last commit may come while a reader finds nothing.
        const last = !writing;
        const count = await readEvents(pool, reader, 7, (events, client) => see(client, reader, events));
        ended = last && count === 0;
      }
    }

    async function see(client: pg.PoolClient, reader: string, events: Parameters<typeof numbersOf>[0]): Promise<void> {
      const rows = numbersOf(events).map((number, index) => ({ reader, number, sequence: events[index]!.sequence }));
      await client.query(
        `insert into seen (reader, sequence, number) select reader, sequence, number
         from jsonb_to_recordset($1) as r (reader text, sequence bigint, number int)`,
        [JSON.stringify(rows)],
      );
    }

    const other = createRegistryPool(registry.url, 5, 'other process');
    try {
      const writers = Promise.all(Array.from({ length: 8 }, write)).finally(() => (writing = false));
      const pools: [pg.Pool, string][] = [
        [registry.pool, 'mail'],
        [registry.pool, 'metrics'],
        [registry.pool, 'webhooks'],
        [other, 'mail'],
      ];
      await Promise.all([writers, ...pools.map(([pool, reader]) => follow(pool, reader))]);
    } finally {
      await other.end();
    }
    // The last process of a name may have found the other one still reading.
    await readEvents(registry.pool, 'mail', 1_000, (events, client) => see(client, 'mail', events));
    expect(committed.size).toBeGreaterThan(100);
    const order = await read();
    expect(new Set(order)).toEqual(committed);
    for (const reader of ['mail', 'metrics', 'webhooks']) {
      const { rows } = await registry.pool.query<{ sequence: string; number: number }>(
        `select sequence, number from seen where reader = $1 order by seen_id`,
        [reader],
      );
      expect(rows.map(({ sequence }) => Number(sequence))).toEqual(order.map((_, index) => index + 1));
      expect(rows.map(({ number }) => number)).toEqual(order);
    }
  });
});
