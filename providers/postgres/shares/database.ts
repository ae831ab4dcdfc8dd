import { escapeIdentifier, escapeLiteral, type ClientBase } from 'pg';
import { PROBE_TENANT_ID, tenantIdOf } from '../../../contract/ids';
import type { DatabaseTemplate } from '../../../templates/template';
import type { Found, ResourceContext, ResourceKind } from '../../port/kind';
import { asMemberOf, batch, lockTenant } from '../batch';
import type { Cells } from '../cells';
import { createDatabase } from './create-database';
import { completeMark, isMarked, schemaName, versionsIn, type SchemaVersions } from './names';
import { createSchema, versionsFor } from './schema-sql';
import type { SqlFiles } from './sql-files';
import { notOurs } from '../classify';

interface Row {
  name: string;
  /** Owned by this program's login. */
  own: boolean;
  comment: string | null;
}

const ROWS = `select datname::text as name, pg_get_userbyid(datdba) = current_user as own, shobj_description(oid, 'pg_database') as comment
  from pg_database where datname ~ '^t_[a-z][a-z0-9]{15}$'`;

/**
 * A tenant's own database with a schema of the same name inside, made from the same SQL as `postgres-schema`. Needs the owner role, which
 * owns the schema; the database itself belongs to the provisioner. `CREATE DATABASE` cannot run in a transaction, so a comment, set in the
 * same transaction that creates the schema, marks the database as complete.
 */
export function databaseKind(cells: Cells, sql: SqlFiles): ResourceKind<DatabaseTemplate> {
  const maintain = <T>(context: ResourceContext, work: (client: ClientBase) => Promise<T>): Promise<T> =>
    cells.run(context, cells.maintenanceDatabase(context), work);

  const find = async (context: ResourceContext): Promise<Found> => {
    const { rows } = await maintain(context, (client) => client.query<Row>(`${ROWS} and datname = $1`, [context.name]));
    const [row] = rows;
    if (!row) return { state: 'absent' };
    if (!isOurs(row, context.tenantId)) return { state: 'foreign' };
    const versions = versionsIn(row.comment, context.tenantId);
    const id = idOf(context);
    return versions === undefined
      ? { state: 'partial', id }
      : { state: 'present', id, facts: facts(context, versions) };
  };

  const facts = (context: ResourceContext, versions: SchemaVersions): Record<string, unknown> => {
    const { hostname, port } = new URL(cells.settings(context.region, context.cell).url);
    return { host: hostname, port: Number(port || 5432), database: context.name, schema: context.name, ...versions };
  };

  return {
    kind: 'postgres-database',
    provider: 'postgres',
    actsOnce: true,
    name: schemaName,
    find,
    create: async (context) => {
      const { name, tenantId, spec } = context;
      const found = await find(context);
      if (found.state === 'present') return { id: found.id, facts: found.facts ?? {} };
      if (found.state === 'foreign') throw notOurs('database', name);
      const quoted = escapeIdentifier(name);
      const versions = versionsFor(sql, spec);
      await maintain(context, async (client) => {
        // The database must not accept connections before PUBLIC's right to connect is revoked.
        if (found.state === 'absent') await createDatabase(client, name);
        await batch(client, [
          `revoke all on database ${quoted} from public`,
          `alter database ${quoted} allow_connections true`,
        ]);
      });
      await cells.run(context, name, (client) =>
        batch(client, [
          lockTenant(tenantId),
          'revoke all on schema public from public',
          ...createSchema(sql, tenantId, versions, true),
          `comment on database ${quoted} is ${escapeLiteral(completeMark(tenantId, versions))}`,
        ]),
      );
      return { id: idOf(context), facts: facts(context, versions) };
    },
    remove: async (context) => {
      const { state } = await find(context);
      if (state === 'present' || state === 'partial')
        await maintain(context, (client) => dropDatabase(client, context.name));
    },
    async *list(region, signal) {
      for (const { cell } of cells.of(region)) {
        const place = { region, cell, signal };
        const { rows } = await cells.run(place, cells.maintenanceDatabase(place), (client) =>
          client.query<Row>(`${ROWS} order by 1`),
        );
        for (const row of rows) {
          const tenantId = tenantIdOf(row.name)!;
          if (tenantId !== PROBE_TENANT_ID && isOurs(row, tenantId))
            yield { tenantId, name: row.name, id: idOf({ cell, name: row.name }), cell };
        }
      }
    },
  };
}

const OBJECT_IN_USE = '55006';

/** Drops a database after ending its sessions. Ending a role's sessions requires membership of that role. */
async function dropDatabase(client: ClientBase, name: string): Promise<void> {
  const quoted = escapeIdentifier(name);
  await client.query(`alter database ${quoted} allow_connections false`);
  const { rows } = await client.query<{ role: string; count: number }>(
    `select usename::text as role from pg_stat_activity where datname = $1 and usename ~ $2 group by 1`,
    [name, `^${name}_(owner|app|readonly)$`],
  );
  const end = `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ${escapeLiteral(name)} and usename = `;
  for (const { role } of rows) await batch(client, asMemberOf(role, [end + escapeLiteral(role)]));
  try {
    // Without `force` the server cancels an autovacuum worker by itself; with it, ending one would require a superuser.
    await client.query(`drop database if exists ${quoted}`);
  } catch (error) {
    if ((error as { code?: unknown }).code !== OBJECT_IN_USE) throw error;
    await client.query(`drop database if exists ${quoted} with (force)`);
  }
}

function isOurs({ own, comment }: Row, tenantId: string): boolean {
  return own && (comment === null || isMarked(comment, tenantId));
}

function idOf({ cell, name }: { cell: string; name: string }): string {
  return `${cell}/${name}`;
}
