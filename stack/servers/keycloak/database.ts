import { Client } from 'pg';
import { asSuperuser, type Cluster } from '../postgres/cluster';
import { ensureDatabase } from '../postgres';
import type { DatabaseTemplate } from './template';

/**
 * Prepares Keycloak's database in a cluster: that of an earlier run, or else a copy of the template, or else an empty one. A half-made
 * database of an interrupted first start is dropped and created again, because Keycloak cannot recover from its own abandoned migration
 * lock.
 */
export async function prepareDatabase(
  cluster: Cluster,
  template: DatabaseTemplate,
  clientSecret: string,
): Promise<{ url: string; isEmpty: boolean }> {
  const url = await ensureDatabase(cluster, 'keycloak');
  const found = await inspect(url);
  if (found === 'complete') return { url, isEmpty: false };
  if (found === 'half-made') {
    await asSuperuser(cluster, 'postgres', (client) => client.query('drop database keycloak with (force)'));
    await ensureDatabase(cluster, 'keycloak');
  }
  return { url, isEmpty: !(await template.restore(url, clientSecret)) };
}

async function inspect(url: string): Promise<'empty' | 'half-made' | 'complete'> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query("select 1 from pg_tables where schemaname = 'public'");
    if (tables.rowCount === 0) return 'empty';
    const realm = await client.query<{ there: boolean }>("select to_regclass('public.realm') is not null as there");
    if (realm.rows[0]?.there !== true) return 'half-made';
    // Keycloak creates this client last, so it proves that the database is complete.
    const made = await client.query("select 1 from client where client_id = 'provisioner'");
    return made.rowCount === 0 ? 'half-made' : 'complete';
  } finally {
    await client.end();
  }
}
