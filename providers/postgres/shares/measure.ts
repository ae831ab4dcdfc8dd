import { databaseOf } from '../logins/login';
import type { Cells } from '../cells';
import type { Share } from '../backup/dump-session';
import { schemaName } from './names';

/**
 * Bytes on disk of a tenant's database, or of the tables and indexes in its schema. Undefined for a pooled tenant: its rows share their files with
 * those of others, and counting them would read them all.
 */
export async function measureShare(
  cells: Cells,
  { region, cell, signal, tenantId, isolation }: Share,
): Promise<number | undefined> {
  if (isolation === 'pooled') return undefined;
  const database = databaseOf(tenantId, isolation);
  const { rows } = await cells.run({ region, cell, signal }, database, (client) =>
    isolation === 'database'
      ? client.query<{ bytes: string }>(`select pg_database_size(current_database()) as bytes`)
      : client.query<{ bytes: string }>(
          `select coalesce(sum(pg_total_relation_size(pg_class.oid)), 0) as bytes
           from pg_class join pg_namespace on pg_namespace.oid = relnamespace
           where nspname = $1 and relkind in ('r', 'm')`,
          [schemaName(tenantId)],
        ),
  );
  return Number(rows[0]!.bytes);
}
