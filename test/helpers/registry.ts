import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { createKeys, type Keys } from '../../providers/keys/keys';
import { parseKeyRing, type KeyRing } from '../../contract/keys/key-ring';
import { createRegistryPool } from '../../registry/database';
import { grantRunTime } from '../../registry/grants';
import { migrateRegistry, type RegistryLogins } from '../../registry/migrate';
import { stackEndpoints } from '../stack';

const MIGRATIONS = path.resolve(__dirname, '../../registry/migrations');

/** A registry of one test file's own, in its newest version and empty. */
export interface TestRegistry {
  /** The login the product runs with. */
  url: string;
  /** The login that owns the schema. */
  ownerUrl: string;
  /** Runs with `url`, like the product. */
  pool: pg.Pool;
  keys: Keys;
  /** Runs one statement, or several without values, as the owner. */
  asOwner(sql: string): Promise<void>;
  /** Closes the pool and removes the database. */
  drop(): Promise<void>;
}

/** A key ring of one random key. */
export function testRing(): KeyRing {
  return parseKeyRing(`test-1:${randomBytes(32).toString('base64')}`);
}

/** Whether this machine has a PostgreSQL for registries; without one their tests are reported as not run. */
export function hasPostgres(): boolean {
  return stackEndpoints('postgres').postgres !== undefined;
}

/**
 * Makes a throwaway registry on the test stack, with a run-time login of its own. Its database is named `registry_test_…` and is a copy of one
 * that was migrated once.
 */
export async function createTestRegistry(): Promise<TestRegistry> {
  const { server } = testServer();
  const { logins, drop } = await createDatabase((name) =>
    withTemplate(server, (template) => administer(server, `create database ${name} template ${template}`)),
  );
  await inOneTransaction(logins.ownerUrl, (client) => grantRunTime(client, new URL(logins.url).username));
  return opened(logins, drop);
}

/** A throwaway database for a registry, and its logins. */
interface TestDatabase {
  logins: { url: string; ownerUrl: string };
  drop: () => Promise<void>;
}

/** Makes a throwaway database for a registry, without any tables, and a run-time login. */
export function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase((name) => administer(testServer().server, `create database ${name}`));
}

async function createDatabase(create: (name: string) => Promise<void>): Promise<TestDatabase> {
  const { server, superuserUrl } = testServer();
  const name = `registry_test_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  await administer(server, `create role ${name} login password '${password}'`);
  await create(name);
  // A worker that prepares this server as a region's closes its databases to the public.
  await administer(server, `grant connect on database ${name} to ${name}`);
  const ownerUrl = inDatabase(server, name);
  const url = new URL(ownerUrl);
  Object.assign(url, { username: name, password });
  return {
    logins: { url: url.href, ownerUrl },
    drop: async () => {
      // An autovacuum worker may be at work in it, which only a superuser can end.
      await administer(superuserUrl, `drop database if exists ${name} with (force)`);
      await administer(superuserUrl, `drop role if exists ${name}`);
    },
  };
}

/** The server of the first region, on which the tests' registries are. */
function testServer(): { server: string; superuserUrl: string } {
  const { url: server, superuserUrl } = Object.values(stackEndpoints('postgres').postgres!.regions)[0]!;
  return { server, superuserUrl };
}

/** A database with the newest version of a registry, which the first test file migrates. Nobody is connected to it while `use` runs. */
async function withTemplate(server: string, use: (name: string) => Promise<void>): Promise<void> {
  const hash = createHash('sha256');
  for (const file of readdirSync(MIGRATIONS).sort()) hash.update(readFileSync(path.join(MIGRATIONS, file)));
  const name = `registry_template_${hash.digest('hex').slice(0, 12)}`;
  await connected(server, async (client) => {
    // A copy is refused while another one, or the migration, is connected to the template.
    await client.query(`select pg_advisory_lock(hashtextextended('registry_template', 0))`);
    const { rowCount } = await client.query(`select from pg_database where datname = $1`, [name]);
    if (rowCount === 0) {
      await client.query(`drop database if exists ${name}_draft`);
      await client.query(`create database ${name}_draft`);
      await migrateRegistry({ url: inDatabase(server, `${name}_draft`) }, () => {});
      await client.query(`alter database ${name}_draft rename to ${name}`);
    }
    await use(name);
  });
}

function inDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** A registry in a database that is there already, empty or in an older version; `drop` leaves it there. */
export async function openTestRegistry(logins: RegistryLogins): Promise<TestRegistry> {
  await migrateRegistry(logins, () => {});
  return opened(logins, async () => {});
}

function opened({ url, ownerUrl = url }: RegistryLogins, remove: () => Promise<void>): TestRegistry {
  const pool = createRegistryPool(url, 20, 'test');
  return {
    url,
    ownerUrl,
    pool,
    keys: createKeys(testRing(), []),
    asOwner: (sql) => administer(ownerUrl, sql),
    drop: async () => {
      await pool.end();
      await remove();
    },
  };
}

async function administer(url: string, sql: string): Promise<void> {
  await connected(url, (client) => client.query(sql));
}

async function inOneTransaction(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  await connected(url, async (client) => {
    await client.query('begin');
    await work(client);
    await client.query('commit');
  });
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
