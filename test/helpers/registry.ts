import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createKeys, type Keys } from '../../activities/adapters/keys/keys';
import { parseKeyRing, type KeyRing } from '../../contract/key-ring';
import { createRegistryPool } from '../../registry/database';
import { migrateRegistry } from '../../registry/migrate';
import { stackEndpoints } from '../stack';

/** A registry of one test file's own, in its newest version and empty. */
export interface TestRegistry {
  url: string;
  pool: pg.Pool;
  keys: Keys;
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

/** Makes a throwaway registry on the test stack. Its database is named `registry_test_…`. */
export async function createTestRegistry(): Promise<TestRegistry> {
  const { url: server, superuserUrl } = Object.values(stackEndpoints().postgres!.regions)[0]!;
  const name = `registry_test_${randomBytes(6).toString('hex')}`;
  await administer(server, `create database ${pg.escapeIdentifier(name)}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  await migrateRegistry(url.href, () => {});
  const pool = createRegistryPool(url.href, 20, 'test');
  return {
    url: url.href,
    pool,
    keys: createKeys(testRing(), []),
    drop: async () => {
      await pool.end();
      // An autovacuum worker may be at work in it, which only a superuser can end.
      await administer(superuserUrl, `drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
    },
  };
}

/** A registry in a database that is there already, empty or in an older version; `drop` leaves it there. */
export async function openTestRegistry(url: string): Promise<TestRegistry> {
  await migrateRegistry(url, () => {});
  const pool = createRegistryPool(url, 20, 'test');
  return { url, pool, keys: createKeys(testRing(), []), drop: () => pool.end() };
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
