import type pg from 'pg';
import { createRegistryPool, transaction } from '../../registry/database';
import { startLine, type CuttableLine } from '../helpers/providers/cuttable-line';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../helpers/registry';

(hasPostgres() ? describe : describe.skip)('a transaction whose connection breaks', () => {
  let registry: TestRegistry;
  let line: CuttableLine;
  let pool: pg.Pool;

  beforeAll(async () => {
    registry = await createTestRegistry();
    await registry.asOwner('create table note (text text); grant all on note to public');
    const url = new URL(registry.url);
    line = await startLine(url.host);
    url.host = line.address;
    pool = createRegistryPool(url.href, 1, 'test');
    // The client's time-out exceeds the server's, and is too long for a test to wait for.
    expect(pool.options.query_timeout).toBeGreaterThan(pool.options.statement_timeout as number);
    pool.options.query_timeout = 500;
  });

  afterAll(async () => {
    await pool?.end();
    await line?.close();
    await registry?.drop();
  });

  afterEach(() => line.mend());

  const interrupted = (cut: (client: pg.PoolClient) => Promise<unknown>): Promise<unknown> =>
    transaction(pool, async (client) => {
      await client.query(`insert into note values ('half done')`);
      await cut(client);
    });

  test.each([
    [
      'between two queries',
      (client: pg.PoolClient) => {
        const ended = new Promise((resolve) => client.once('end', resolve));
        line.cut();
        return ended;
      },
    ],
    [
      'during a query',
      (client: pg.PoolClient) => {
        setImmediate(() => line.cut());
        return client.query('select pg_sleep(10)');
      },
    ],
    [
      'without either side noticing',
      (client: pg.PoolClient) => {
        line.pause('down');
        return client.query('select 1');
      },
    ],
  ])(
    '%s is rolled back and rejects, the process survives, and the next transaction gets a new connection',
    async (_, cut) => {
      await expect(interrupted(cut)).rejects.toThrow();
      line.mend();
      const { rows } = await transaction(pool, (client) => client.query('select text from note'));
      expect(rows).toEqual([]);
    },
  );

  test('because the client vanished is ended by the server, which releases its locks', async () => {
    const { rows } = await pool.query('show idle_in_transaction_session_timeout');
    expect(rows).toEqual([{ idle_in_transaction_session_timeout: '30s' }]);
  });
});
