import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { withoutUnheardErrors, withOutagesNamed } from '../../../registry/database';
import { migrateRegistry } from '../../../registry/migrate';
import type { VirtualClock } from './clock';

/**
 * `now()` in virtual time. PostgreSQL resolves functions along the search path, so the registry's statements, defaults and triggers find
 * this one without any change to the registry.
 */
const CLOCK_SQL = `
  create schema simulated;
  create function simulated.now() returns timestamptz language sql stable
    as $$ select coalesce(to_timestamp(nullif(current_setting('simulated.now', true), '')::float8), pg_catalog.now()) $$;
  create function simulated.clock_timestamp() returns timestamptz language sql volatile as $$ select simulated.now() $$;
`;

/** The registry of one simulating process: a real database with the latest migrations, in virtual time. */
export interface SimulatedRegistry {
  /** The pool for the product. It has one connection, so statements run one at a time, and the same seed meets the same order. */
  pool: pg.Pool;
  /** Decides before each statement whether it arrives, and afterwards whether its answer does. */
  line: Line;
  /** Removes the data of earlier runs. */
  clear(): Promise<void>;
  drop(): Promise<void>;
}

/** The connection to the registry. Either method may throw the error of a broken connection. */
export interface Line {
  before(sql: string): void;
  after(sql: string): void;
}

/** Creates and migrates a database. `server` is a login that may create databases. */
export async function createSimulatedRegistry(server: string, clock: VirtualClock): Promise<SimulatedRegistry> {
  const name = `simulation_${randomBytes(6).toString('hex')}`;
  await administer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  await administer(url.href, CLOCK_SQL);
  await administer(server, `alter database ${name} set search_path = public, simulated, pg_catalog`);
  // This data need not survive a crash of the server.
  await administer(server, `alter database ${name} set synchronous_commit = off`);
  await migrateRegistry({ url: url.href }, () => {});
  const line: Line = { before: () => {}, after: () => {} };
  const pool = new pg.Pool({
    connectionString: url.href,
    max: 1,
    idleTimeoutMillis: 0,
    // Setting the time and the statement that needs it share a round trip.
    pipeline: true,
    Client: clientIn(clock, line),
  });
  withoutUnheardErrors(pool);
  // The pool's own `query` runs in the async context of the caller that released the connection, and would be attributed to that caller.
  Object.assign(pool, {
    query: async (...args: unknown[]): Promise<unknown> => {
      const client = await pool.connect();
      try {
        return await (client.query as (...all: unknown[]) => Promise<unknown>)(...args);
      } finally {
        client.release();
      }
    },
  });
  const tables = await pool.query<{ name: string }>(
    `select quote_ident(relname) as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
       and not relispartition and relname not in ('schema_migration', 'region', 'cell', 'processor', 'audit_key', 'event_head')`,
  );
  const names = tables.rows.map((row) => row.name);
  const triggers = (state: 'disable' | 'enable'): string =>
    names.map((table) => `alter table ${table} ${state} trigger user;`).join(' ');
  // A trigger forbids truncating the audit trail.
  const wipe = `begin; ${triggers('disable')} truncate ${names.join(', ')} cascade; ${triggers('enable')} commit`;
  return {
    pool: withOutagesNamed(pool),
    line,
    clear: () => administer(url.href, wipe),
    drop: async () => {
      await pool.end();
      await administer(server, `drop database if exists ${name} with (force)`);
    },
  };
}

/** A client that sends the virtual time to the server, stops the clock while it waits, and can lose its connection. */
function clientIn(clock: VirtualClock, line: Line): typeof pg.Client {
  return class extends pg.Client {
    #told = 0;

    override connect(...given: unknown[]): never {
      const connected = clock.waitFor(super.connect());
      const callback = given[0] as ((error: Error | null) => void) | undefined;
      if (!callback) return connected as never;
      connected.then(
        () => callback(null),
        (error: Error) => callback(error),
      );
      return undefined as never;
    }

    // Supports the overloads of pg that are used here: a text or a configuration, values, and a callback or a promise.
    override query(...args: unknown[]): never {
      const callback = args.find((arg) => typeof arg === 'function') as
        ((error: Error | null, result?: unknown) => void) | undefined;
      const work = clock.waitFor(this.#asked(args.filter((arg) => typeof arg !== 'function' && arg !== undefined)));
      if (!callback) return work as never;
      work.then(
        (result) => callback(null, result),
        (error: Error) => callback(error),
      );
      return undefined as never;
    }

    async #asked(args: unknown[]): Promise<unknown> {
      // A dead process sends no statements; its open transaction ends with its connection.
      if (clock.owner.getStore()?.dead === true) throw lineLost();
      const sql = typeof args[0] === 'string' ? args[0] : String((args[0] as { text?: unknown }).text);
      line.before(sql);
      const send = (...given: unknown[]): Promise<unknown> =>
        (pg.Client.prototype.query as (...all: unknown[]) => Promise<unknown>).apply(this, given);
      if (this.#told !== clock.now) {
        this.#told = clock.now;
        // Fails only in a transaction that has already failed.
        void send(`set simulated.now = '${clock.now / 1000}'`).catch(() => (this.#told = 0));
      }
      try {
        return await send(...prepared(args));
      } finally {
        // A setting made in a transaction is reverted with it.
        if (/^rollback/i.test(sql)) this.#told = 0;
        line.after(sql);
      }
    }
  };
}

const NAMES = new Map<string, string>();

/** Names statements, so that PostgreSQL parses and plans each only once. */
function prepared(args: unknown[]): unknown[] {
  const [text, values] = args;
  if (typeof text !== 'string' || !Array.isArray(values)) return args;
  const name = NAMES.get(text) ?? `s${NAMES.size}`;
  NAMES.set(text, name);
  return [{ name, text, values }];
}

function lineLost(): Error {
  return Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
