import { escapeIdentifier, type ClientBase } from 'pg';
import { TEMPLATE_DATABASE } from './names';

/**
 * Makes a database that does not accept connections yet. If the cell's owner has prepared a template database, it is copied: only the owner
 * can revoke the server's built-in functions from PUBLIC, and only within one database. The template accepts no connections either, because
 * an open one would block the copy.
 */
export async function createDatabase(client: ClientBase, name: string): Promise<void> {
  const { rowCount } = await client.query(
    `select from pg_database where datname = $1 and datistemplate and not datallowconn`,
    [TEMPLATE_DATABASE],
  );
  const template = rowCount === 0 ? 'template0' : TEMPLATE_DATABASE;
  await client.query(`create database ${escapeIdentifier(name)} template ${template} allow_connections false`);
}
