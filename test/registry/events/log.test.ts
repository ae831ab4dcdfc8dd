import { EventPositionLost, listEvents, newestSequence } from '../../../registry/events/read';
import { NUMBER_EVENTS } from '../../../registry/events/numbering';
import { readEvents } from '../../../registry/events/readers';
import { forgetEvents } from '../../../registry/events/retention';
import { commitEvents, numbersOf, testEvent } from '../../helpers/events/events';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the event log: not run, this machine has no PostgreSQL');

suite('the event log', () => {
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  beforeEach(() =>
    registry.asOwner(`truncate event, event_reader restart identity; update event_head set newest = 0, forgotten = 0`),
  );
  afterAll(() => registry.drop());

  const [LONG_AGO, LATER] = [new Date('2020-01-01'), new Date('2999-01-01')];
  const ignore = (): Promise<void> => Promise.resolve();
  const kept = async (after: number): Promise<number[]> =>
    numbersOf((await listEvents(registry.pool, { after, limit: 100 })).events);
  const age = (numbers: number[]): Promise<unknown> =>
    registry.pool.query(`update event set at = '2010-01-01' where (data ->> 'answers')::int = any($1)`, [numbers]);

  test('tells of each event when it happened, its type, what it is about, and its data', async () => {
    const before = new Date();
    await commitEvents(
      registry.pool,
      { type: 'approval.expired', tenantId: 'tenant-1', operationId: 'op_1', data: {} },
      { type: 'approval.asked', data: { deadline: new Date('2030-01-01') } },
    );
    const { events } = await listEvents(registry.pool, { after: 0, limit: 10 });
    expect(events).toEqual([
      {
        sequence: 1,
        at: expect.any(Date),
        type: 'approval.expired',
        tenantId: 'tenant-1',
        operationId: 'op_1',
        data: {},
      },
      {
        sequence: 2,
        at: expect.any(Date),
        type: 'approval.asked',
        tenantId: null,
        operationId: null,
        data: { deadline: '2030-01-01T00:00:00.000Z' },
      },
    ]);
    expect(Number(events[0]!.at)).toBeGreaterThanOrEqual(Number(before) - 1_000);
  });

  test('can be read for one tenant, one operation and some types, and says where to continue', async () => {
    const { pool } = registry;
    await commitEvents(
      pool,
      testEvent(1, { tenantId: 'a', operationId: 'op_a' }),
      testEvent(2, { tenantId: 'b', operationId: 'op_b' }),
      testEvent(3, { tenantId: 'a' }),
      { type: 'approval.expired', tenantId: 'a', operationId: 'op_a', data: {} },
    );
    const list = async (filter: Partial<Parameters<typeof listEvents>[1]>): Promise<[number[], number]> => {
      const { events, position } = await listEvents(pool, { after: 0, limit: 10, ...filter });
      return [events.map(({ sequence }) => sequence), position];
    };
    expect(await list({ tenantId: 'a' })).toEqual([[1, 3, 4], 4]);
    expect(await list({ operationId: 'op_a' })).toEqual([[1, 4], 4]);
    expect(await list({ types: ['approval.expired', 'approval.asked'] })).toEqual([[4], 4]);
    expect(await list({ tenantId: 'a', limit: 2 })).toEqual([[1, 3], 3]);
    expect(await list({ tenantId: 'a', after: 1, types: ['evidence.recorded'] })).toEqual([[3], 4]);
    expect(await list({ tenantId: 'nobody' })).toEqual([[], 4]);
    expect(await list({ after: 4 })).toEqual([[], 4]);
  });

  test('forgets old events from the beginning, up to the first that is young or not yet read by every reader', async () => {
    const { pool } = registry;
    await commitEvents(pool, ...[1, 2, 3, 4, 5, 6].map((number) => testEvent(number)));
    await newestSequence(pool);
    await age([1, 2, 3, 4, 6]);
    expect(await forgetEvents(pool, LONG_AGO)).toBe(4);
    expect(await kept(4)).toEqual([5, 6]);
    await readEvents(pool, 'mail', 1, (events) => Promise.resolve(expect(numbersOf(events)).toEqual([5])));
    expect(await forgetEvents(pool, LATER)).toBe(1);
    expect(await kept(5)).toEqual([6]);
    await readEvents(pool, 'mail', 1, ignore);
    expect(await forgetEvents(pool, LATER)).toBe(1);
    expect(await forgetEvents(pool, LATER)).toBe(0);
    await commitEvents(pool, testEvent(7));
    expect(await newestSequence(pool)).toBe(7);
    expect(await kept(6)).toEqual([7]);
  });

  test('does not forget what has no number yet', async () => {
    await commitEvents(registry.pool, testEvent(1));
    expect(await forgetEvents(registry.pool, LATER)).toBe(0);
    expect(await kept(0)).toEqual([1]);
  });

  test('refuses a position whose events are no longer kept, and one that it has not reached', async () => {
    const { pool } = registry;
    await commitEvents(pool, ...[1, 2, 3].map((number) => testEvent(number)));
    await newestSequence(pool);
    await age([1, 2]);
    await forgetEvents(pool, LONG_AGO);
    const list = (after: number): Promise<unknown> => listEvents(pool, { after, limit: 10, tenantId: 'nobody' });
    await expect(list(1)).rejects.toThrow(EventPositionLost);
    await expect(list(1)).rejects.toThrow('Events after 1 are no longer kept; the oldest is 3.');
    await expect(list(4)).rejects.toThrow('There is no event 4; the newest is 3');
    await expect(list(2)).resolves.toEqual({ events: [], position: 3 });
  });

  test('gives a new reader the oldest event that is kept', async () => {
    const { pool } = registry;
    await commitEvents(pool, testEvent(1), testEvent(2));
    await newestSequence(pool);
    await age([1]);
    await forgetEvents(pool, LONG_AGO);
    let got: number[] = [];
    await readEvents(pool, 'new', 10, (events) => Promise.resolve(void (got = numbersOf(events))));
    expect(got).toEqual([2]);
  });

  test('is read and numbered along its indexes, 20,000 events in batches', async () => {
    const { pool } = registry;
    await pool.query(
      `insert into event (type, tenant_id, data)
       select 'evidence.recorded', 'tenant-' || n % 100, jsonb_build_object('askedBy', 'test', 'answers', n, 'failed', 0)
       from generate_series(1, 20000) n`,
    );
    const begun = performance.now();
    expect(await newestSequence(pool)).toBe(20_000);
    const numbered = performance.now();
    let read = 0;
    for (let got = 500; got === 500; read += got) got = await readEvents(pool, 'mail', 500, ignore);
    const ended = performance.now();
    expect(read).toBe(20_000);
    process.stderr.write(
      `20,000 events: numbered in ${Math.round(numbered - begun)} ms, read in batches of 500 in ${Math.round(ended - numbered)} ms\n`,
    );
    await registry.asOwner('vacuum analyze event');
    await commitEvents(pool, testEvent(1));
    const plan = async (sql: string): Promise<string> => {
      const { rows } = await pool.query<object>(`explain (format json) ${sql}`);
      return JSON.stringify(rows);
    };
    const numbering = await plan(NUMBER_EVENTS);
    expect(numbering).toContain('event_unnumbered');
    expect(numbering).not.toContain('Seq Scan on event');
    expect(await plan(`select exists (select from event where sequence is null)`)).toContain('event_unnumbered');
    expect(await plan(`select * from event where sequence > 19000 order by sequence limit 500`)).toContain(
      'event_sequence',
    );
    expect(
      await plan(`select * from event where tenant_id = 'tenant-1' and sequence > 100 order by sequence limit 50`),
    ).toContain('event_tenant');
  });
});
