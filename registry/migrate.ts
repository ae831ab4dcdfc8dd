import { readdirSync } from 'node:fs';
import path from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { transaction, withoutUnheardErrors } from './database';
import { grantRunTime, MIGRATIONS_TABLE } from './grants';

const MIGRATIONS = path.join(__dirname, 'migrations');

/** Connection strings of one registry. */
export interface RegistryLogins {
  /** The run-time login of API and worker. */
  url: string;
  /** The owner of the schema; absent if the run-time login owns it, or if the registry is migrated elsewhere. */
  ownerUrl?: string | undefined;
}

/** Result of {@link migrateRegistry}. */
export interface Migrated {
  /** Names of the migrations that this call has run. */
  ran: string[];
  /** True if the run-time login can change neither the schema nor existing rows of append-only tables. */
  appendOnly: boolean;
}

/**
 * Migrates the registry to the newest version as its owner and grants the run-time login its rights. Several processes may call it at once;
 * one does the work. Without `ownerUrl`, a run-time login that does not own the registry only checks its version and throws if a migration
 * is missing.
 */
export async function migrateRegistry(
  { url, ownerUrl }: RegistryLogins,
  log: (line: string) => void,
): Promise<Migrated> {
  if (ownerUrl === undefined && !(await mayMigrate(url))) {
    await requireNewest(url);
    return { ran: [], appendOnly: true };
  }
  const migrated = await runner({
    databaseUrl: ownerUrl ?? url,
    dir: MIGRATIONS,
    direction: 'up',
    migrationsTable: MIGRATIONS_TABLE,
    checkOrder: true,
    advisoryLockMode: 'wait',
    log,
    verbose: false,
  });
  const ran = migrated.map(({ name }) => name);
  const login = loginOf(url);
  if (ownerUrl === undefined || login === loginOf(ownerUrl)) return { ran, appendOnly: false };
  await withPool(ownerUrl, (pool) => transaction(pool, (client) => grantRunTime(client, login)));
  return { ran, appendOnly: !(await mayMigrate(url)) };
}

/** Whether this login could change the schema: as its owner, as a member of the owner's role, or as a superuser. */
async function mayMigrate(url: string): Promise<boolean> {
  const { rows } = await withPool(url, (pool) =>
    pool.query<{ may: boolean }>(
      `select has_schema_privilege('public', 'create') or exists (
         select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and pg_has_role(relowner, 'member')) as may`,
    ),
  );
  return rows[0]!.may;
}

async function requireNewest(url: string): Promise<void> {
  const { rows } = await withPool(url, async (pool) => {
    const { rows: known } = await pool.query<{ table: string | null }>(`select to_regclass($1) as table`, [
      MIGRATIONS_TABLE,
    ]);
    return known[0]!.table === null
      ? { rows: [] }
      : pool.query<{ name: string }>(`select name from ${MIGRATIONS_TABLE}`);
  });
  const has = new Set(rows.map(({ name }) => name));
  const missing = readdirSync(MIGRATIONS)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => path.basename(file, '.sql'))
    .filter((name) => !has.has(name));
  if (missing.length > 0)
    throw new Error(
      `The registry lacks ${missing.join(', ')}, and the login in REGISTRY_URL cannot migrate it. Start once with REGISTRY_OWNER_URL set.`,
    );
}

async function withPool<T>(url: string, work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const pool = withoutUnheardErrors(new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 5_000 }));
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

function loginOf(url: string): string {
  return decodeURIComponent(new URL(url).username);
}
