import { escapeIdentifier, type ClientBase } from 'pg';
import { POOL_SCHEMA } from './names';

/** Rows that one transaction deletes, so that it ends well within its time limit, whatever else the cell does. */
const ROWS_AT_ONCE = 5_000;

/**
 * Deletes a tenant's rows in the shared tables, portion by portion, and its row in `tenant` last: as long as that row is there, the share is.
 * A repeat continues where it stopped. Rows of a table go before those that they reference, so that no portion cascades into another table.
 */
export async function removeRows(client: ClientBase, tenantId: string): Promise<void> {
  for (const table of await sharedTables(client))
    while ((await removePortion(client, table, tenantId)) === ROWS_AT_ONCE);
  await client.query(`delete from ${POOL_SCHEMA}.tenant where tenant_id = $1`, [tenantId]);
}

async function removePortion(client: ClientBase, table: string, tenantId: string): Promise<number> {
  const name = `${POOL_SCHEMA}.${escapeIdentifier(table)}`;
  await client.query('begin');
  // The policies apply to the provisioner too.
  await client.query(`select set_config('app.tenant', $1, true)`, [tenantId]);
  // All rows of a tenant are in the same partition, in which their places are unique.
  const { rowCount } = await client.query(
    `delete from ${name} where tenant_id = $1 and ctid = any(array(select ctid from ${name} where tenant_id = $1 limit ${ROWS_AT_ONCE}))`,
    [tenantId],
  );
  await client.query('commit');
  return rowCount ?? 0;
}

/** The shared tables with tenants' rows, except `tenant` itself, each before the tables that it references. */
async function sharedTables(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string; references: string[] }>(
    `select relname::text as name, array(select referenced.relname::text from pg_constraint join pg_class referenced on referenced.oid = confrelid
       where conrelid = pg_class.oid and contype = 'f' and confrelid <> pg_class.oid) as "references"
     from pg_class where relnamespace = $1::regnamespace and relkind in ('r', 'p') and not relispartition and relname <> 'tenant'
       and exists (select from pg_attribute where attrelid = pg_class.oid and attname = 'tenant_id' and not attisdropped)`,
    [POOL_SCHEMA],
  );
  const referencesOf = new Map(rows.map(({ name, references }) => [name, references]));
  const depth = (name: string): number => 1 + Math.max(0, ...(referencesOf.get(name) ?? []).map(depth));
  return [...referencesOf.keys()].sort((a, b) => depth(b) - depth(a));
}
