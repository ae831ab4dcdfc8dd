import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type pg from 'pg';
import type { NumberedEvent } from '../../../contract/events/events';
import { readEvents } from '../../../registry/events/readers';
import { commitEvents, numbersOf, testEvent } from '../../helpers/events/events';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { eventually } from '../../stack/eventually';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('named readers of events: not run, this machine has no PostgreSQL');

suite('a named reader', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await createTestRegistry();
    await registry.asOwner(`create table seen (seen_id bigint generated always as identity, sequence bigint);
      grant all on seen to public`);
  });
  beforeEach(() =>
    registry.asOwner(
      `truncate event, event_reader, seen restart identity; update event_head set newest = 0, forgotten = 0`,
    ),
  );
  afterAll(() => registry.drop());

  const numbers = (count: number, from = 1): ReturnType<typeof testEvent>[] =>
    Array.from({ length: count }, (_, index) => testEvent(from + index));
  const see = async (events: NumberedEvent[], client: pg.PoolClient): Promise<void> => {
    for (const { sequence } of events) await client.query(`insert into seen (sequence) values ($1)`, [sequence]);
  };
  const seen = async (): Promise<number[]> => {
    const { rows } = await registry.pool.query<{ sequence: string }>(`select sequence from seen order by seen_id`);
    return rows.map(({ sequence }) => Number(sequence));
  };

  test('gets batches of the given size, in order, and then nothing', async () => {
    await commitEvents(registry.pool, ...numbers(5));
    const batches: number[][] = [];
    const read = (): Promise<number> =>
      readEvents(registry.pool, 'mail', 2, (events) => Promise.resolve(void batches.push(numbersOf(events))));
    expect([await read(), await read(), await read(), await read()]).toEqual([2, 2, 1, 0]);
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
    await commitEvents(registry.pool, testEvent(6));
    expect(await read()).toBe(1);
    expect(batches.at(-1)).toEqual([6]);
  });

  test('whose handler throws gets the same events again, and what the handler wrote is gone', async () => {
    await commitEvents(registry.pool, ...numbers(3));
    const failing = readEvents(registry.pool, 'mail', 10, async (events, client) => {
      await see(events, client);
      throw new Error('no answer');
    });
    await expect(failing).rejects.toThrow('no answer');
    expect(await seen()).toEqual([]);
    await readEvents(registry.pool, 'mail', 10, see);
    expect(await seen()).toEqual([1, 2, 3]);
  });

  test('is not disturbed by another process of the same name, nor holds up readers of other names', async () => {
    await commitEvents(registry.pool, ...numbers(3));
    let others: number[] = [];
    await readEvents(registry.pool, 'mail', 2, async () => {
      await commitEvents(registry.pool, testEvent(4));
      const another = await readEvents(registry.pool, 'mail', 2, () => Promise.reject(new Error('read twice')));
      expect(another).toBe(0);
      await readEvents(registry.pool, 'metrics', 10, (events) => Promise.resolve(void (others = numbersOf(events))));
    });
    expect(others).toEqual([1, 2, 3, 4]);
  });

  test('that is killed in the middle of a batch continues at the same event, and what it had written is there once', async () => {
    await commitEvents(registry.pool, ...numbers(25));
    const child = fork(path.join(__dirname, 'reader.ts'), [registry.url], {
      execArgv: ['--import', require.resolve('tsx')],
    });
    const [message] = (await once(child, 'message')) as [unknown];
    expect(message).toBe('stuck');
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(await seen()).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
    // The server notices the end of the connection a moment later.
    await eventually(async () => (await readEvents(registry.pool, 'killed', 10, see)) > 0);
    await readEvents(registry.pool, 'killed', 10, see);
    expect(await seen()).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  });
});
