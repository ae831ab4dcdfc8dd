import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { StartServer } from '../../processes/context';
import { REGIONS, type RegionDatabase } from '../../types';
import { findPostgres } from './binaries';
import { asSuperuser, startCluster, type Cluster } from './cluster';
import { databaseUser, enterableDir } from './user';

/** Name of the control plane's cluster, which also holds Keycloak's database. */
export const REGISTRY_CLUSTER = 'registry';

const RUN_TIME_LOGIN = 'registry_app';

const BOUNDS = readFileSync(join(__dirname, '../../../templates/sql/cell/bounds.sql'), 'utf8');

/** Starts three clusters: one for the registry and one for each region. */
export const startPostgres: StartServer = async (context) => {
  const user = databaseUser();
  const binaries = await findPostgres(context, user);
  const dir = enterableDir(context.dir, user);
  if (context.fresh) removeClusters(dir);
  context.tell('starting', `${1 + REGIONS.length} clusters`);
  const start = (name: string): Promise<Cluster> => startCluster(context, { name, binaries, dir, user });
  const [registry, ...regions] = await Promise.all([
    startRegistry(start),
    ...REGIONS.map(async (name): Promise<[string, RegionDatabase]> => {
      const cluster = await start(name);
      await ensureRole(cluster, 'provisioner', 'login createdb createrole');
      await closeToPublic(cluster, 'provisioner');
      const url = cluster.url('provisioner', 'postgres');
      return [name, { url, superuserUrl: cluster.superuserUrl, version: binaries.version }];
    }),
  ]);
  return { postgres: { registry, regions: Object.fromEntries(regions) } };
};

/**
 * Creates a database and a role of the same name that owns it, unless they exist. Returns the connection string of that role.
 */
export async function ensureDatabase(cluster: Cluster, name: string): Promise<string> {
  await ensureRole(cluster, name, 'login');
  await asSuperuser(cluster, 'postgres', async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount !== 0) return;
    await client.query(`create database ${escapeIdentifier(name)} owner ${escapeIdentifier(name)}`);
    await client.query(`revoke connect on database ${escapeIdentifier(name)} from public`);
  });
  return cluster.url(name, name);
}

// The stack empties `context.dir`, but the data may be in another folder; see `enterableDir`.
function removeClusters(dir: string): void {
  for (const name of readdirSync(dir)) rmSync(join(dir, name), { recursive: true, force: true });
}

async function startRegistry(start: (name: string) => Promise<Cluster>): Promise<{ url: string; ownerUrl: string }> {
  const cluster = await start(REGISTRY_CLUSTER);
  const ownerUrl = await ensureDatabase(cluster, 'registry');
  // The product's own login owns nothing, so an intruder in the product cannot rewrite what was recorded.
  await ensureRole(cluster, RUN_TIME_LOGIN, 'login');
  await asSuperuser(cluster, 'postgres', (client) =>
    client.query(`grant connect on database registry to ${escapeIdentifier(RUN_TIME_LOGIN)}`),
  );
  return { url: cluster.url(RUN_TIME_LOGIN, 'registry'), ownerUrl };
}

// Does what only the owner of a server can do: closes its databases to tenants' logins, and revokes functions with which a tenant could use
// up shared resources. New databases are copied from app_template.
async function closeToPublic(cluster: Cluster, role: string): Promise<void> {
  await asSuperuser(cluster, 'postgres', async (client) => {
    await client.query('revoke connect on database postgres, template1 from public');
    await client.query(`grant connect on database postgres to ${escapeIdentifier(role)}`);
    const { rowCount } = await client.query(`select from pg_database where datname = 'app_template'`);
    if (rowCount === 0) await client.query(`create database app_template template template0 is_template true`);
    await client.query(`revoke connect on database app_template from public`);
    await client.query(`alter database app_template allow_connections true`);
  });
  const databases = await asSuperuser(cluster, 'postgres', (client) =>
    client.query<{ name: string }>(
      `select datname::text as name from pg_database where datname in ('app_template', 'app_pool', 'app_schemas')`,
    ),
  );
  for (const { name } of databases.rows) await asSuperuser(cluster, name, (client) => client.query(BOUNDS));
  await asSuperuser(cluster, 'postgres', (client) =>
    client.query(`alter database app_template allow_connections false`),
  );
}

async function ensureRole(cluster: Cluster, role: string, attributes: string): Promise<void> {
  const password = new URL(cluster.url(role, 'postgres')).password;
  await asSuperuser(cluster, 'postgres', async (client) => {
    const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role]);
    const verb = rowCount === 0 ? 'create' : 'alter';
    await client.query(`${verb} role ${escapeIdentifier(role)} ${attributes} password ${escapeLiteral(password)}`);
  });
}
