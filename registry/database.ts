import pg from 'pg';

/** The registry did not answer, or said that it cannot now. Its cause names the server; the message does not. */
export class RegistryUnavailable extends Error {
  override readonly name = 'RegistryUnavailable';
  readonly code: unknown;

  constructor(cause: unknown) {
    super('The registry does not answer.', { cause });
    this.code = (cause as { code?: unknown } | undefined)?.code;
  }
}

// SQLSTATE classes: connection, transaction rolled back by another one, resources, shutdown and start, I/O; 25006 is a standby before its promotion.
const UNAVAILABLE_CODE = /^(?:08|40|53|57|58|25006|ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)/;

/** Whether PostgreSQL is away, full, starting or going down: it may pass by itself, and it is no defect of the statement. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof RegistryUnavailable) return true;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return UNAVAILABLE_CODE.test(code);
  return typeof message === 'string' && isClientText(message);
}

/** What the client says without a code when a connection breaks or an answer does not come (pg and pg-pool 8/3). */
function isClientText(message: string): boolean {
  return /^(?:timeout exceeded when trying to connect|timeout expired|Query read timeout|Connection terminated|Client was closed)|not queryable|due to connection timeout/.test(
    message,
  );
}

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
  return withOutagesNamed(pool);
}

/** Makes the pool's queries reject with {@link RegistryUnavailable} where the registry is away. */
export function withOutagesNamed(pool: pg.Pool): pg.Pool {
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  pool.query = ((...args: unknown[]) => query(...args).catch(rethrow)) as typeof pool.query;
  return pool;
}

/** Registry and provider failures must be told apart wherever they surface: a registry outage is waited out without a limit. */
function rethrow(error: unknown): never {
  throw isUnavailable(error) && !(error instanceof RegistryUnavailable) ? new RegistryUnavailable(error) : error;
}

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export async function transaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch(rethrow);
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
    return rethrow(error);
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
