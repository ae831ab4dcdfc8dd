import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { cacheDir, cached } from '../../fetching/cache';
import type { ServerContext } from '../../processes/context';
import { findPostgres, type PostgresBinaries } from '../postgres/binaries';
import { databaseUser } from '../postgres/user';
import { runTool } from '../../processes/tool';
import { KEYCLOAK_VERSION } from './distribution';

/**
 * A cached dump of Keycloak's initial database. Keycloak needs 15 s to create its tables, so the first database on this machine is dumped,
 * and those of other checkouts are restored from it. Needs the server's own pg_dump; without it nothing is cached, and every first start
 * takes the 15 s.
 */
export class DatabaseTemplate {
  readonly #key: string;

  private constructor(
    readonly binaries: PostgresBinaries,
    readonly context: ServerContext,
  ) {
    this.#key = `keycloak-${KEYCLOAK_VERSION}-database-pg${Number.parseInt(binaries.version, 10)}`;
  }

  static async find(context: ServerContext): Promise<DatabaseTemplate> {
    return new DatabaseTemplate(await findPostgres({ ...context, tell: () => undefined }, databaseUser()), context);
  }

  /** Fills an empty database from the template. Returns false, and leaves it empty, if there is no template. */
  async restore(url: string, clientSecret: string): Promise<boolean> {
    const dump = join(cacheDir(), this.#key, 'database.dump');
    const restore = join(this.binaries.bin, 'pg_restore');
    if (!existsSync(dump) || !existsSync(restore)) return false;
    this.context.tell('starting', 'restoring its database from the cache');
    const flags = ['--no-owner', '--no-acl', '--single-transaction'];
    const env = connectionOf(url);
    await runTool(restore, [...flags, '--dbname', env.PGDATABASE, dump], { env, signal: this.context.signal });
    await replaceSecrets(url, clientSecret);
    return true;
  }

  /** Caches the database after a first start has filled it. */
  async keep(url: string): Promise<void> {
    const dump = join(this.binaries.bin, 'pg_dump');
    if (!existsSync(dump)) return;
    const fill = async (draft: string): Promise<void> => {
      chmodSync(draft, 0o700);
      const flags = ['--format=custom', '--compress=1', '--no-owner', '--no-acl'];
      const file = join(draft, 'database.dump');
      await runTool(dump, [...flags, '--file', file], { env: connectionOf(url), signal: this.context.signal });
    };
    await cached(this.#key, fill, { signal: this.context.signal });
  }
}

// Passed in the environment, because every user of the machine can read the arguments of a process.
function connectionOf(url: string): Record<'PGHOST' | 'PGPORT' | 'PGUSER' | 'PGPASSWORD' | 'PGDATABASE', string> {
  const { hostname, port, username, password, pathname } = new URL(url);
  return { PGHOST: hostname, PGPORT: port, PGUSER: username, PGPASSWORD: password, PGDATABASE: pathname.slice(1) };
}

// Two checkouts must not be able to sign each other's tokens. So the copied keys are deleted, which makes Keycloak create new ones, and the
// client gets this stack's secret.
async function replaceSecrets(url: string, clientSecret: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("update client set secret = $1 where client_id = 'provisioner'", [clientSecret]);
    const keys = "(select id from component where provider_type = 'org.keycloak.keys.KeyProvider')";
    await client.query(`delete from component_config where component_id in ${keys}`);
    await client.query("delete from component where provider_type = 'org.keycloak.keys.KeyProvider'");
  } finally {
    await client.end();
  }
}
