import { escapeIdentifier, type ClientBase } from 'pg';
import { failure } from '../../port/failures';
import { inSchema } from '../catalogue';

/** A table whose rows belong in a backup. */
export interface ShareTable {
  name: string;
  /** The stored columns; generated columns are left out, because the server computes them again. */
  columns: string[];
  /** SQL for `order by` that yields the same order on every server: the primary key, independent of the database's collation. */
  order: string;
}

/** The column of the shared tables that holds the tenant id. */
export const TENANT_COLUMN = 'tenant_id';

/**
 * A shared table as a backup holds it: without the tenant's access, which belongs to the control plane. A restore must neither open nor
 * close a tenant.
 */
export function withoutAccess(table: ShareTable): ShareTable {
  return table.name === 'tenant' ? { ...table, columns: table.columns.filter((name) => name !== 'access') } : table;
}

/**
 * The tables of a schema that hold a tenant's rows. Each comes after the tables it references, so rows can be restored in this order. In a
 * `shared` schema, tables without a tenant column are left out: they belong to no tenant. Throws if references form a cycle.
 */
export async function readTables(client: ClientBase, schema: string, shared: boolean): Promise<ShareTable[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; key: string[]; parents: string[] }>(
    `select c.relname::text as name,
       array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = ''
             order by attnum) as columns,
       array(select quote_ident(attname) || case when attcollation = 0 then '' else ' collate "C"' end
             from pg_index cross join unnest(indkey) with ordinality as part (attnum, position)
             join pg_attribute on attrelid = indrelid and pg_attribute.attnum = part.attnum
             where indrelid = c.oid and indisprimary order by position) as key,
       array(select distinct parent.relname::text from pg_constraint join pg_class parent on parent.oid = confrelid
             where conrelid = c.oid and contype = 'f' and confrelid <> c.oid and not parent.relispartition) as parents
     from pg_class c where oid in ${inSchema('pg_class')} and relkind in ('r', 'p') and not relispartition order by 1`,
    [schema],
  );
  const own = rows.filter(({ columns }) => !shared || columns.includes(TENANT_COLUMN));
  return parentsFirst(own).map(({ name, columns, key }) => ({
    name,
    columns,
    order: key.length > 0 ? key.join(', ') : `${escapeIdentifier(name)}::text collate "C"`,
  }));
}

function parentsFirst<T extends { name: string; parents: string[] }>(tables: T[]): T[] {
  const sorted: T[] = [];
  for (let waiting = tables; waiting.length > 0;) {
    const missing = new Set(waiting.map(({ name }) => name));
    const ready = waiting.filter(({ parents }) => !parents.some((parent) => missing.has(parent)));
    if (ready.length === 0)
      throw failure(
        'InternalError',
        `Tables ${[...missing].join(', ')} cannot be ordered: their foreign keys form a cycle.`,
      );
    sorted.push(...ready);
    waiting = waiting.filter((table) => !ready.includes(table));
  }
  return sorted;
}

/** SQL that reads a table's rows. `as`, an SQL expression, replaces the value of the tenant column; `where` selects the rows. */
export function rowsOf(schema: string, { name, columns, order }: ShareTable, as?: string, where?: string): string {
  const selected = columns.map((column) => (column === TENANT_COLUMN && as ? as : escapeIdentifier(column)));
  const table = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
  return `select ${selected.join(', ')} from ${table}${where ? ` where ${where}` : ''} order by ${order}`;
}
