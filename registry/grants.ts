import pg from 'pg';

/** Append-only tables: the run-time login may read and insert, and nothing else. */
export const APPEND_ONLY = [
  'audit_entry',
  'audit_head',
  'audit_later_head',
  'audit_key',
  'evidence',
  'removal_certificate',
  'template_version',
] as const;

/** Table that records which migrations have been run. */
export const MIGRATIONS_TABLE = 'schema_migration';

/**
 * Grants the run-time login what the product needs: the rows of every table, insert-only in {@link APPEND_ONLY}, and no right to create
 * tables, triggers or other objects. Call it as the owner after every migration, on a client inside a transaction.
 */
export async function grantRunTime(client: pg.ClientBase, login: string): Promise<void> {
  const role = pg.escapeIdentifier(login);
  // Concurrent grants would collide on the same catalogue rows.
  await client.query(`select pg_advisory_xact_lock(hashtextextended('grants', 0))`);
  await client.query(`revoke create on schema public from public; grant usage on schema public to ${role}`);
  for (const table of await ownTables(client)) {
    const rights = rightsOn(table);
    const name = `public.${pg.escapeIdentifier(table)}`;
    await client.query(`revoke all on ${name} from ${role}; grant ${rights} on ${name} to ${role}`);
  }
}

function rightsOn(table: string): string {
  if (table === MIGRATIONS_TABLE) return 'select';
  return (APPEND_ONLY as readonly string[]).includes(table) ? 'select, insert' : 'select, insert, update, delete';
}

/** The product's tables. Extensions that an administrator has installed in the same schema may have tables of their own. */
async function ownTables(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and pg_has_role(relowner, 'usage') order by relname`,
  );
  return rows.map(({ name }) => name);
}
