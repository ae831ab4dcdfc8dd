import pg from 'pg';

/** Anything a query can run on: the pool, or one client inside a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;

/**
 * A bounded pool on the registry. `max` connections; a query that takes longer than 15 s is given up by the server, and one that the server
 * does not answer at all by us, so that a line that swallows answers costs no connection for good. A transaction of somebody who has vanished
 * holds its locks for 30 s.
 */
export function createRegistryPool(url: string, max: number, applicationName: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 15_000,
    query_timeout: 20_000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  return pool;
}

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export async function transaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const ignore = (): void => {};
  // A connection that breaks in a transaction is reported by its next query; without a listener it would end the process.
  client.on('error', ignore);
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    // Who did not answer would not answer this either.
    if (isUnanswered(error)) broken = error;
    else await client.query('rollback').catch((rollbackError: Error) => (broken = rollbackError));
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

function isUnanswered(error: unknown): error is Error {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** The only row of a query, or undefined. */
export async function maybeOne<Row extends pg.QueryResultRow>(
  db: Queryable,
  sql: string,
  values: unknown[] = [],
): Promise<Row | undefined> {
  const { rows } = await db.query<Row>(sql, values);
  return rows[0];
}

/** The name of the unique index or constraint a query ran into, or undefined when the error is another. */
export function violatedConstraint(error: unknown): string | undefined {
  const { code, constraint } = error as { code?: string; constraint?: string };
  return code === '23505' ? constraint : undefined;
}
