import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createRegistryPool } from '../../../registry/database';
import { followEvents } from '../../../registry/events/follow';
import { eventually } from '../../stack/eventually';
import { commitEvents, testEvent } from '../../helpers/events/events';
import { startLine, type CuttableLine } from '../../helpers/providers/cuttable-line';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('waking the readers of events: not run, this machine has no PostgreSQL');

/** Sooner than a follower looks by itself, every second, when no notification reaches it. A slow machine keeps to it, too. */
const WOKEN_MS = 800;

suite('a follower of events', () => {
  let registry: TestRegistry;
  let line: CuttableLine;
  let pool: pg.Pool;
  let wakes: AsyncGenerator<void>;
  let end: () => void;
  let name: string;

  beforeAll(async () => {
    registry = await createTestRegistry();
    line = await startLine(new URL(registry.url).host);
  });
  beforeEach(() => {
    const url = new URL(registry.url);
    url.host = line.address;
    // The server may still have the connection of an earlier test.
    name = `follower ${randomUUID()}`;
    pool = createRegistryPool(url.href, 2, name);
    pool.options.query_timeout = 500;
    const ending = new AbortController();
    end = () => ending.abort();
    wakes = followEvents(pool, ending.signal);
  });
  afterEach(async () => {
    line.mend();
    end();
    await wakes.return(undefined);
    await pool.end();
  });
  afterAll(async () => {
    await line?.close();
    await registry?.drop();
  });

  const listening = async (): Promise<boolean> => {
    const { rows } = await registry.pool.query(
      `select from pg_stat_activity where datname = current_database() and application_name = $1
         and state = 'idle' and query in ('listen event', 'select')`,
      [name],
    );
    return rows.length === 1;
  };

  /** Milliseconds from each of five commits to the wake-up, in ascending order. */
  async function delays(): Promise<number[]> {
    const taken: number[] = [];
    for (let turn = 0; turn < 5; turn++) {
      const woken = wakes.next();
      await commitEvents(registry.pool, testEvent(turn));
      const committed = performance.now();
      await woken;
      taken.push(performance.now() - committed);
    }
    return taken.sort((a, b) => a - b);
  }

  test('is woken at once to read what is there, and soon after every commit', async () => {
    await wakes.next();
    await eventually(listening);
    const [, , median] = await delays();
    expect(median).toBeLessThan(WOKEN_MS);
  });

  test('that is busy during a commit is woken as soon as it asks again', async () => {
    await wakes.next();
    await eventually(listening);
    await wakes.next();
    await commitEvents(registry.pool, testEvent(1));
    // An answer to a later query comes after the notification.
    await registry.pool.query('select pg_sleep(0.1)');
    const asked = performance.now();
    await wakes.next();
    expect(performance.now() - asked).toBeLessThan(WOKEN_MS);
  });

  test.each([
    ['breaks', () => line.cut()],
    ['no longer carries anything', () => line.pause('down')],
  ])('whose connection %s is woken every second, and after every commit once it has another', async (_, fail) => {
    await wakes.next();
    await eventually(listening);
    fail();
    for (let second = 0; second < 2; second++) {
      const asked = performance.now();
      expect(await wakes.next()).toEqual({ done: false, value: undefined });
      expect(performance.now() - asked).toBeLessThan(2_000);
    }
    line.mend();
    await eventually(async () => {
      await wakes.next();
      return listening();
    });
    const [, , median] = await delays();
    expect(median).toBeLessThan(WOKEN_MS);
  });

  test('that hears of commits looks by itself only after its rest, and every second again once it no longer hears', async () => {
    await wakes.return(undefined);
    const ending = new AbortController();
    end = () => ending.abort();
    wakes = followEvents(pool, ending.signal, 4_000);
    await wakes.next();
    await eventually(listening);
    await delays();
    const rested = async (): Promise<boolean> => {
      const asked = performance.now();
      await wakes.next();
      return performance.now() - asked > 3_500;
    };
    // Notifications of the last commits may still arrive.
    await eventually(rested);
    line.cut();
    await wakes.next();
    const deaf = performance.now();
    await wakes.next();
    expect(performance.now() - deaf).toBeLessThan(2_000);
  });

  test('ends when it is told to, and gives its connection back', async () => {
    await wakes.next();
    await eventually(listening);
    const waiting = wakes.next();
    end();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(pool.totalCount).toBe(0);
  });
});
