import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type QueryResult, type QueryResultRow } from 'pg';
import { createPostgres, type Postgres } from '../../activities/adapters/postgres/postgres';
import type { RegionSettings } from '../../config/regions';
import { FROM_NPM } from '../../stack/postgres/binaries';
import { startStack } from '../../stack/stack';
import type { Stack } from '../../stack/types';
import type { RegistryLogins } from '../../registry/migrate';
import { memorySecrets } from './kind-suite';

/** One title a version, for `describe.each`: what this machine has, which may be as old as 15, and the newest, which npm has. */
export const POSTGRES_VERSIONS = [
  { bin: undefined, title: 'the PostgreSQL of the stack' },
  { bin: FROM_NPM, title: 'the newest PostgreSQL' },
];

/** Region of two cells, the first with the superuser's connection at hand. */
export const REGION = 'eu-central';
export const CELL = 'cell-1';
export const OTHER_CELL = 'cell-2';

/** Two clusters of this test's own, prepared: what the shared stack holds must not depend on which test ran before. */
export interface Clusters {
  postgres: Postgres;
  secrets: ReturnType<typeof memorySecrets>;
  regions: RegionSettings[];
  /** Runs a statement as the superuser of the first cell. */
  superuser<R extends QueryResultRow>(sql: string, values?: unknown[], database?: string): Promise<QueryResult<R>>;
  /** Connection string of the first cell for somebody else. */
  url(database: string, user: string, password: string): string;
  /** Connection string of a cell's superuser. */
  superuserUrl(cell: string): string;
  /** Connection string of the control plane's own database, which is empty. */
  registry: RegistryLogins;
  stop(): Promise<void>;
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
  // They are thrown away, so what a crash would lose may be lost.
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

/** One statement on a connection of its own. */
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
