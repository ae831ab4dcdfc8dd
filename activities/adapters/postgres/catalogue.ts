/**
 * SQL for the oids of what the schema `$1` has in a catalogue, to be used after `in`; the server refuses a schema that is not there. Indexes
 * are not among them: they belong to their tables.
 *
 * By what depends on the schema, which has an index. `pg_class` and `pg_proc` have none that begins with the schema: asked for their
 * namespace, as `all tables in schema` does too, they are read from end to end, and each tenant would slow the next.
 */
export function inSchema(catalogue: 'pg_class' | 'pg_proc'): string {
  return `(select objid from pg_depend where refclassid = 'pg_namespace'::regclass and refobjid = $1::regnamespace
           and classid = '${catalogue}'::regclass)`;
}
