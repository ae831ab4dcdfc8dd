import pg from 'pg';

/** The registry is unreachable or temporarily cannot serve. `cause` may name the server; the message does not. */
export class RegistryUnavailable extends Error {
  override readonly name = 'RegistryUnavailable';
  readonly code: unknown;

  constructor(cause: unknown) {
    super('The registry does not answer.', { cause });
    this.code = (cause as { code?: unknown } | undefined)?.code;
  }
}

// SQLSTATE classes: 08 connection, 40 rollback forced by another transaction, 53 resources, 57 shutdown and start-up, 58 I/O. A standby
// answers 25006 (read-only transaction) until it is promoted.
const UNAVAILABLE_CODE = /^(?:08|40|53|57|58|25006|ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)/;

/**
 * Whether PostgreSQL is unreachable, full, starting or shutting down: the error may clear up by itself, and the statement is not at fault.
 */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof RegistryUnavailable) return true;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return UNAVAILABLE_CODE.test(code);
  return typeof message === 'string' && isClientText(message);
}

/** Errors without a code, thrown by pg 8 and pg-pool 3 when a connection breaks or an answer does not arrive. */
function isClientText(message: string): boolean {
  return /^(?:timeout exceeded when trying to connect|timeout expired|Query read timeout|Connection terminated|Client was closed)|not queryable|due to connection timeout/.test(
    message,
  );
}

/** Anything a query can run on: the pool, or one client inside a transaction. */
export interface Queryable {
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    sql: string,
    values?: unknown[],
  ): Promise<Pick<pg.QueryResult<Row>, 'rowCount' | 'rows'>>;
}

/**
 * A pool of at most `max` connections to the registry. The server cancels a query after 15 s; the client abandons one that is still
 * unanswered after 20 s, so that a network path that drops answers does not occupy connections permanently. A transaction whose client has
 * vanished holds its locks for at most 30 s.
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
  return withOutagesNamed(withoutUnheardErrors(pool));
}

/**
 * Keeps a connection that breaks from ending the process, which an `error` event without a listener does. The pool replaces the connection,
 * and the next query on it reports the error. The listener must be there before `connect` resolves: a server that goes down may send its last
 * word together with the one that it is ready.
 */
export function withoutUnheardErrors(pool: pg.Pool): pg.Pool {
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Makes the pool's queries reject with {@link RegistryUnavailable} while the registry is unavailable. */
export function withOutagesNamed(pool: pg.Pool): pg.Pool {
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  pool.query = ((...args: unknown[]) => query(...args).catch(rethrow)) as typeof pool.query;
  return pool;
}

/** A registry outage is waited out without a limit, so it must not be mistaken for a provider failure anywhere. */
function rethrow(error: unknown): never {
  throw isUnavailable(error) && !(error instanceof RegistryUnavailable) ? new RegistryUnavailable(error) : error;
}

/** Callbacks of each client's open transaction. */
const afterCommits = new WeakMap<Queryable, Set<(pool: pg.Pool) => void>>();

/** Calls `work` once, after the commit of the client's {@link transaction}; never if the transaction is rolled back. */
export function afterCommit(client: Queryable, work: (pool: pg.Pool) => void): void {
  afterCommits.get(client)?.add(work);
}

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export async function transaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch(rethrow);
  let broken: Error | undefined;
  const then = new Set<(pool: pg.Pool) => void>();
  afterCommits.set(client, then);
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    for (const each of then) each(pool);
    return result;
  } catch (error) {
    // A connection that timed out will not answer ROLLBACK either: drop it.
    if (isUnanswered(error)) broken = error;
    else await client.query('rollback').catch((rollbackError: Error) => (broken = rollbackError));
    return rethrow(error);
  } finally {
    afterCommits.delete(client);
    client.release(broken);
  }
}

function isUnanswered(error: unknown): error is Error {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** The row of a query that returns at most one, or undefined. */
export async function maybeOne<Row extends pg.QueryResultRow>(
  db: Queryable,
  sql: string,
  values: unknown[] = [],
): Promise<Row | undefined> {
  const { rows } = await db.query<Row>(sql, values);
  return rows[0];
}

/** Name of the unique index or constraint that a query violated; undefined for any other error. */
export function violatedConstraint(error: unknown): string | undefined {
  const { code, constraint } = error as { code?: string; constraint?: string };
  return code === '23505' ? constraint : undefined;
}
