import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type QueryResult, type QueryResultRow } from 'pg';
import { createPostgres, type Postgres } from '../../../providers/postgres/postgres';
import type { RegionSettings } from '../../../config/regions';
import { FROM_NPM } from '../../../stack/servers/postgres/binaries';
import { startStack } from '../../../stack/stack';
import type { Stack } from '../../../stack/types';
import type { RegistryLogins } from '../../../registry/migrate';
import { memorySecrets } from '../kind-suite';

/** One title per version, for `describe.each`: the version of this machine, which may be as old as 15, and the newest, from npm. */
export const POSTGRES_VERSIONS = [
  { bin: undefined, title: 'the PostgreSQL of the stack' },
  { bin: FROM_NPM, title: 'the newest PostgreSQL' },
];

/** Region of two cells; tests have a superuser connection to the first. */
export const REGION = 'eu-central';
export const CELL = 'cell-1';
export const OTHER_CELL = 'cell-2';

/** Two prepared clusters of this test's own, because the contents of the shared stack depend on the tests that ran before. */
export interface Clusters {
  postgres: Postgres;
  secrets: ReturnType<typeof memorySecrets>;
  regions: RegionSettings[];
  /** Runs a statement as the superuser of the first cell. */
  superuser<R extends QueryResultRow>(sql: string, values?: unknown[], database?: string): Promise<QueryResult<R>>;
  /** Connection string of the first cell for another user. */
  url(database: string, user: string, password: string): string;
  /** Connection string of a cell's superuser. */
  superuserUrl(cell: string): string;
  /** Logins of the control plane's own database, which is empty. */
  registry: RegistryLogins;
  stop(): Promise<void>;
}

/** The result of the last statement. Given several in one text, pg answers with an array, which its types do not say. */
export function lastOf<R extends QueryResultRow>(results: QueryResult<R>): QueryResult<R> {
  return [results].flat().at(-1)!;
}

export async function startClusters(bin: string | undefined): Promise<Clusters> {
  delete process.env.STACK_ENDPOINTS;
  const before = process.env.STACK_POSTGRES_BIN;
  if (bin !== undefined) process.env.STACK_POSTGRES_BIN = bin;
  const dir = mkdtempSync(join(tmpdir(), 'postgres-contract-'));
  chmodSync(dir, 0o755);
  const stack: Stack = await startStack({ dir, servers: ['postgres'] });
  const stop = async (): Promise<void> => {
    await stack.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await stack.ready('postgres');
    return await prepared(stack, stop);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    if (before === undefined) delete process.env.STACK_POSTGRES_BIN;
    else process.env.STACK_POSTGRES_BIN = before;
  }
}

async function prepared(stack: Stack, stop: () => Promise<void>): Promise<Clusters> {
  const [first, second] = Object.values(stack.endpoints.postgres!.regions);
  const cell = (name: string, url: string) => ({ name, url, capacity: 100, maxConnections: 5 });
  const regions: RegionSettings[] = [
    {
      name: REGION,
      jurisdiction: 'EU',
      database: { cells: [cell(CELL, first!.url), cell(OTHER_CELL, second!.url)] },
      storage: {
        provider: 'versity',
        name: 'none',
        region: 'none',
        accessKeyId: 'x',
        secretAccessKey: 'x',
        capacity: 1,
      },
      compute: { pool: [] },
    },
  ];
  // These clusters are discarded after the test, so they may lose data in a crash.
  for (const { superuserUrl } of [first!, second!]) {
    await query(superuserUrl, 'alter system set fsync = off');
    await query(superuserUrl, 'select pg_reload_conf()');
  }
  const secrets = memorySecrets();
  const postgres = createPostgres(regions, secrets);
  await postgres.prepare();
  return {
    postgres,
    secrets,
    regions,
    superuserUrl: (cell) => (cell === CELL ? first! : second!).superuserUrl,
    registry: stack.endpoints.postgres!.registry,
    superuser: (sql, values, database = 'postgres') => query(at(first!.superuserUrl, database), sql, values),
    url: (database, user, password) => {
      const url = new URL(at(first!.url, database));
      url.username = user;
      url.password = password;
      return url.href;
    },
    stop: async () => {
      await postgres.close();
      await stop();
    },
  };
}

/** Runs one statement on its own connection. */
export async function query<R extends QueryResultRow>(
  url: string,
  sql: string,
  values?: unknown[],
): Promise<QueryResult<R>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query<R>(sql, values);
  } finally {
    await client.end();
  }
}

function at(url: string, database: string): string {
  const result = new URL(url);
  result.pathname = `/${database}`;
  return result.href;
}
