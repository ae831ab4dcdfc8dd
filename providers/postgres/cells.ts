import { once } from 'node:events';
import { Client, Pool, type ClientBase, type ClientConfig } from 'pg';
import type { DatabaseCellSettings, RegionSettings } from '../../config/regions';
import { withoutUnheardErrors } from '../../registry/database';
import { failure } from '../port/failures';
import { tracedCall } from '../port/traced-call';
import { POOL_DATABASE, SCHEMAS_DATABASE } from './shares/names';

/** The cell that holds a resource, and a signal that ends the wait for it. */
export interface Place {
  region: string;
  cell: string;
  signal: AbortSignal;
}

/** The database servers of all regions, reached as each cell's administrator over a limited number of connections. */
export interface Cells {
  all(): { region: string; cell: string }[];
  of(region: string): { region: string; cell: string }[];
  /** Throws `ProviderRefused` for a cell that is not configured. */
  settings(region: string, cell: string): DatabaseCellSettings;
  /** The database named in the administrator's connection string; roles and databases are managed from there. */
  maintenanceDatabase(place: Omit<Place, 'signal'>): string;
  /**
   * Runs `work` on a connection to a database. The shared databases have pools; a tenant's own database gets a connection that is closed
   * afterwards. When the signal aborts, the connection is broken, and the server stops the running statement within a second.
   */
  run<T>(place: Place, database: string, work: (client: ClientBase) => Promise<T>): Promise<T>;
  /** Closes all pools; waits for running work. */
  close(): Promise<void>;
}

/** Time-outs of every connection. Their sum must stay below the time that `effect` allows for late requests. */
const LIMITS = {
  connectionTimeoutMillis: 5_000,
  query_timeout: 10_000,
  statement_timeout: 10_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 30_000,
  application_name: 'tenant-provisioner',
  // Makes the server abandon a batch once its client is gone, because its result would never be recorded.
  options: '-c client_connection_check_interval=1000',
} satisfies ClientConfig;

/** Builds access to the regions' cells; connections are opened on first use. */
export function createCells(regions: RegionSettings[]): Cells {
  const pools = new Map<string, Pool>();

  const settings = (region: string, cell: string): DatabaseCellSettings => {
    const found = regions.find(({ name }) => name === region)?.database.cells.find(({ name }) => name === cell);
    if (!found)
      throw failure(
        'ProviderRefused',
        `Database cell ${cell || '(none)'} is not configured in region ${region}. Add it to the regions file again.`,
      );
    return found;
  };
  const maintenanceDatabase: Cells['maintenanceDatabase'] = ({ region, cell }) =>
    decodeURIComponent(new URL(settings(region, cell).url).pathname.slice(1)) || 'postgres';

  function poolOf(place: Place, database: string): Pool | undefined {
    if (![POOL_DATABASE, SCHEMAS_DATABASE, maintenanceDatabase(place)].includes(database)) return undefined;
    const key = `${place.region}/${place.cell}/${database}`;
    const known = pools.get(key);
    if (known) return known;
    const { url, maxConnections } = settings(place.region, place.cell);
    const pool = new Pool({
      ...LIMITS,
      connectionString: databaseUrl(url, { database }),
      max: maxConnections,
      idleTimeoutMillis: 10_000,
      allowExitOnIdle: true,
    });
    pools.set(key, withoutUnheardErrors(pool));
    return pool;
  }

  const entries = (region: RegionSettings) =>
    region.database.cells.map(({ name }) => ({ region: region.name, cell: name }));
  return {
    all: () => regions.flatMap(entries),
    of: (region) => regions.filter(({ name }) => name === region).flatMap(entries),
    settings,
    maintenanceDatabase,
    run: async (place, database, work) => {
      place.signal.throwIfAborted();
      const pool = poolOf(place, database);
      if (!pool)
        return withClient(databaseUrl(settings(place.region, place.cell).url, { database }), place.signal, work);
      return tracedCall({ ...SESSION, region: place.region }, () => onPooled(pool, place.signal, work));
    },
    close: async () => {
      const open = [...pools.values()];
      // Cleared first, so that a second call does not end a pool twice.
      pools.clear();
      await Promise.all(open.map((pool) => pool.end()));
    },
  };
}

/** What is traced is the use of a connection: the statements on it are ours, and their text is nobody else's business. */
const SESSION = { provider: 'postgres', operation: 'session' };

async function onPooled<T>(pool: Pool, signal: AbortSignal, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let failed: unknown;
  try {
    return await guarded(client, () => client.end(), signal, work);
  } catch (error) {
    failed = error;
    throw error;
  } finally {
    // After an error the connection may be in any state, so it is discarded.
    client.release(failed !== undefined);
  }
}

/** Runs `work` on a new connection, as the user in the connection string. `limits` override the usual time-outs. */
export async function withClient<T>(
  url: string,
  signal: AbortSignal,
  work: (client: ClientBase) => Promise<T>,
  limits: ClientConfig = {},
): Promise<T> {
  signal.throwIfAborted();
  const client = new Client({ ...LIMITS, ...limits, connectionString: url });
  // A broken connection may report a second error after its work has ended; without a listener that would end the process.
  client.on('error', () => undefined);
  const connected = async (): Promise<T> => {
    try {
      await connect(client, signal);
      return await work(client);
    } finally {
      await client.end();
    }
  };
  return tracedCall(SESSION, () => guarded(client, () => client.end(), signal, connected));
}

/** The connection string for another database on the same server, with another user and password if given. */
export function databaseUrl(url: string, other: { database: string; user?: string; password?: string }): string {
  const result = new URL(url);
  result.pathname = `/${encodeURIComponent(other.database)}`;
  if (other.user !== undefined) {
    result.username = other.user;
    result.password = other.password ?? '';
  }
  return result.href;
}

/** Connects, or rejects when the signal aborts: pg never settles a `connect` whose client is ended before it completes. */
async function connect(client: Client, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  const aborted = once(signal, 'abort', { signal: done.signal }).then(() => signal.throwIfAborted());
  aborted.catch(() => undefined);
  try {
    await Promise.race([client.connect(), aborted]);
  } finally {
    done.abort();
  }
}

async function guarded<T>(
  client: ClientBase,
  end: () => Promise<void>,
  signal: AbortSignal,
  work: (client: ClientBase) => Promise<T>,
): Promise<T> {
  // Ending a client with a running query destroys its socket.
  const abort = (): void => void end().catch(() => undefined);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await work(client);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
