import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createKeys, type Keys } from '../../activities/adapters/keys/keys';
import { parseKeyRing, type KeyRing } from '../../contract/key-ring';
import { createRegistryPool } from '../../registry/database';
import { migrateRegistry, type RegistryLogins } from '../../registry/migrate';
import { stackEndpoints } from '../stack';

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
  return stackEndpoints().postgres !== undefined;
}

/** Makes a throwaway registry on the test stack, with a run-time login of its own. Its database is named `registry_test_…`. */
export async function createTestRegistry(): Promise<TestRegistry> {
  const { url: server, superuserUrl } = Object.values(stackEndpoints().postgres!.regions)[0]!;
  const name = `registry_test_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  await administer(server, `create database ${name}`);
  await administer(server, `create role ${name} login password '${password}'`);
  // A worker that prepares this server as a region's closes its databases to the public.
  await administer(server, `grant connect on database ${name} to ${name}`);
  const owner = new URL(server);
  owner.pathname = `/${name}`;
  const url = new URL(owner);
  Object.assign(url, { username: name, password });
  return opened({ url: url.href, ownerUrl: owner.href }, async () => {
    // An autovacuum worker may be at work in it, which only a superuser can end.
    await administer(superuserUrl, `drop database if exists ${name} with (force)`);
    await administer(superuserUrl, `drop role if exists ${name}`);
  });
}

/** A registry in a database that is there already, empty or in an older version; `drop` leaves it there. */
export function openTestRegistry(logins: RegistryLogins): Promise<TestRegistry> {
  return opened(logins, async () => {});
}

async function opened(logins: RegistryLogins, remove: () => Promise<void>): Promise<TestRegistry> {
  const { url, ownerUrl = url } = logins;
  await migrateRegistry(logins, () => {});
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
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
