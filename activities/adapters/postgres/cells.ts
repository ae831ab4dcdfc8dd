import { once } from 'node:events';
import { Client, Pool, type ClientBase, type ClientConfig } from 'pg';
import type { DatabaseCellSettings, RegionSettings } from '../../../config/regions';
import { failure } from '../../failures';
import { POOL_DATABASE, SCHEMAS_DATABASE } from './names';

/** Where a resource lies, and until when to wait for it. */
export interface Place {
  region: string;
  cell: string;
  signal: AbortSignal;
}

/** The database servers of all regions, with bounded connections as the cell's administrator. */
export interface Cells {
  all(): { region: string; cell: string }[];
  of(region: string): { region: string; cell: string }[];
  /** Throws `ProviderRefused` for a cell that is not configured. */
  settings(region: string, cell: string): DatabaseCellSettings;
  /** The database of the administrator's connection string, where roles and databases are managed. */
  maintenanceDatabase(place: Omit<Place, 'signal'>): string;
  /**
   * Runs `work` on a connection to a database. The shared databases have pools; a tenant's own gets a connection that is closed
   * afterwards. The signal breaks the connection, and the server ends what it still does within a second.
   */
  run<T>(place: Place, database: string, work: (client: ClientBase) => Promise<T>): Promise<T>;
  /** Closes all pools; waits for running work. */
  close(): Promise<void>;
}

/** Time-outs of every connection. The sum stays below what `effect` waits for requests that may still land. */
const LIMITS = {
  connectionTimeoutMillis: 5_000,
  query_timeout: 10_000,
  statement_timeout: 10_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 30_000,
  application_name: 'tenant-provisioner',
  // A server whose client has gone must not finish a batch that nobody will record.
  options: '-c client_connection_check_interval=1000',
} satisfies ClientConfig;

/** Builds the connections; none is opened before the first use. */
export function createCells(regions: RegionSettings[]): Cells {
  const pools = new Map<string, Pool>();

  const settings = (region: string, cell: string): DatabaseCellSettings => {
    const found = regions.find(({ name }) => name === region)?.database.cells.find(({ name }) => name === cell);
    if (!found)
      throw failure(
        'ProviderRefused',
        `There is no database cell ${cell || '(none)'} in region ${region}. Add it again.`,
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
    // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
    pool.on('error', () => undefined);
    pools.set(key, pool);
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
      const client = await pool.connect();
      let failed: unknown;
      try {
        return await guarded(client, () => client.end(), place.signal, work);
      } catch (error) {
        failed = error;
        throw error;
      } finally {
        // After an error the connection may be in any state, so it is not used again.
        client.release(failed !== undefined);
      }
    },
    close: async () => {
      const open = [...pools.values()];
      // A pool is ended once, however often this is called.
      pools.clear();
      await Promise.all(open.map((pool) => pool.end()));
    },
  };
}

/** Runs `work` on a connection of its own, as whoever the connection string names; `limits` replace the usual ones. */
export async function withClient<T>(
  url: string,
  signal: AbortSignal,
  work: (client: ClientBase) => Promise<T>,
  limits: ClientConfig = {},
): Promise<T> {
  signal.throwIfAborted();
  const client = new Client({ ...LIMITS, ...limits, connectionString: url });
  // A broken connection may report twice, the second time after its work has ended.
  client.on('error', () => undefined);
  return guarded(
    client,
    () => client.end(),
    signal,
    async () => {
      try {
        await connect(client, signal);
        return await work(client);
      } finally {
        await client.end();
      }
    },
  );
}

/** A connection string with another database, and another user and password, of the same server. */
export function databaseUrl(url: string, other: { database: string; user?: string; password?: string }): string {
  const result = new URL(url);
  result.pathname = `/${encodeURIComponent(other.database)}`;
  if (other.user !== undefined) {
    result.username = other.user;
    result.password = other.password ?? '';
  }
  return result.href;
}

/** The client never settles a `connect` that is ended before it is through. */
async function connect(client: Client, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  const given = once(signal, 'abort', { signal: done.signal }).then(() => signal.throwIfAborted());
  given.catch(() => undefined);
  try {
    await Promise.race([client.connect(), given]);
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
  const ignore = (): void => undefined;
  signal.addEventListener('abort', abort, { once: true });
  // A connection that breaks between two queries is reported by the next one; without a listener it would end the process.
  client.on('error', ignore);
  try {
    return await work(client);
  } finally {
    signal.removeEventListener('abort', abort);
    client.off('error', ignore);
  }
}
