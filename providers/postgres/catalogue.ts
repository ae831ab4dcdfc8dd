/**
 * SQL subquery, to be used after `in`, for the oids of a catalogue's objects in the schema `$1`. The server refuses a schema that does not
 * exist. Indexes are not included: they depend on their tables.
 *
 * The lookup goes through `pg_depend`, which has an index on the referenced object. `pg_class` and `pg_proc` have no index that begins with
 * the namespace, so filtering by it (as `all tables in schema` also does) scans the whole catalogue: each tenant would slow down the next.
 */
export function inSchema(catalogue: 'pg_class' | 'pg_proc'): string {
  return `(select objid from pg_depend where refclassid = 'pg_namespace'::regclass and refobjid = $1::regnamespace
           and classid = '${catalogue}'::regclass)`;
}
