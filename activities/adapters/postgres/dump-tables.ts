import { escapeIdentifier, type ClientBase } from 'pg';
import { failure } from '../../failures';
import { inSchema } from './catalogue';

/** A table whose rows a backup holds. */
export interface ShareTable {
  name: string;
  /** Those that hold data of their own: what is generated is generated again. */
  columns: string[];
  /** SQL of an order that is the same on every server: by the primary key, whatever the collation of the database. */
  order: string;
}

/** The tenant's column of the tables that tenants share. */
export const TENANT_COLUMN = 'tenant_id';

/**
 * The tables of a schema whose rows are a tenant's, each after those it refers to, so that their rows can be put back in this order. In
 * `shared` tables those without a tenant's column are nobody's. Throws when tables refer to each other in a circle.
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
      throw failure('InternalError', `The tables ${[...missing].join(', ')} refer to each other in a circle.`);
    sorted.push(...ready);
    waiting = waiting.filter((table) => !ready.includes(table));
  }
  return sorted;
}

/** SQL that reads a table's rows. `as`: the tenant the rows are to be said to be of, in tables that tenants share; `where` picks them. */
export function rowsOf(schema: string, { name, columns, order }: ShareTable, as?: string, where?: string): string {
  const selected = columns.map((column) => (column === TENANT_COLUMN && as ? as : escapeIdentifier(column)));
  const table = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
  return `select ${selected.join(', ')} from ${table}${where ? ` where ${where}` : ''} order by ${order}`;
}
