import pg from 'pg';

/** Tables that are added to and never changed: whoever runs the product may read and append, and nothing else. */
export const APPEND_ONLY = ['audit_entry', 'audit_head', 'audit_later_head', 'audit_key', 'evidence'] as const;

/** Where the migrations note which of them were run. */
export const MIGRATIONS_TABLE = 'schema_migration';

/**
 * Gives the run-time login what the product needs of the registry: rows of every table, but only new ones in those of {@link APPEND_ONLY};
 * no table, trigger or other object of its own. To be asked by the owner after every migration, on a client inside a transaction.
 */
export async function grantRunTime(client: pg.ClientBase, login: string): Promise<void> {
  const role = pg.escapeIdentifier(login);
  // Two that grant at once would run into each other's catalogue rows.
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

/** Not those of extensions that an administrator has put beside ours. */
async function ownTables(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and pg_has_role(relowner, 'usage') order by relname`,
  );
  return rows.map(({ name }) => name);
}
