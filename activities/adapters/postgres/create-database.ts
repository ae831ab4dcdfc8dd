import { escapeIdentifier, type ClientBase } from 'pg';
import { TEMPLATE_DATABASE } from './names';

/**
 * Makes a database that nobody can enter yet. It is a copy of the one the cell's owner has prepared, where there is one: only the owner can
 * take functions of the server from the public, and that only within a database. Neither can have connections, which would be in the way.
 */
export async function createDatabase(client: ClientBase, name: string): Promise<void> {
  const { rowCount } = await client.query(
    `select from pg_database where datname = $1 and datistemplate and not datallowconn`,
    [TEMPLATE_DATABASE],
  );
  const template = rowCount === 0 ? 'template0' : TEMPLATE_DATABASE;
  await client.query(`create database ${escapeIdentifier(name)} template ${template} allow_connections false`);
}
