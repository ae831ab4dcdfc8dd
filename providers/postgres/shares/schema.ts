import { escapeIdentifier, type ClientBase } from 'pg';
import { PROBE_TENANT_ID, tenantIdOf } from '../../../contract/ids';
import type { DatabaseTemplate } from '../../../templates/template';
import type { Found, ResourceContext, ResourceKind } from '../../port/kind';
import { asMemberOf, batch, lockTenant } from '../batch';
import type { Cells } from '../cells';
import { isMarked, ownerRole, schemaName, SCHEMAS_DATABASE, versionsIn, type SchemaVersions } from './names';
import { createSchema, versionsFor } from './schema-sql';
import type { SqlFiles } from './sql-files';
import { notOurs } from '../classify';

/** A tenant's schema in the cell's shared database, with the objects from its SQL. Needs the owner role. */
export function schemaKind(cells: Cells, sql: SqlFiles): ResourceKind<DatabaseTemplate> {
  const find = (context: ResourceContext): Promise<Found> =>
    cells.run(context, SCHEMAS_DATABASE, async (client) => {
      const { rows } = await client.query<{ owner: string; ownerComment: string | null; comment: string | null }>(
        `select r.rolname as owner, shobj_description(r.oid, 'pg_authid') as "ownerComment",
           obj_description(n.oid, 'pg_namespace') as comment
         from pg_namespace n join pg_roles r on r.oid = n.nspowner where n.nspname = $1`,
        [context.name],
      );
      const [row] = rows;
      if (!row) return { state: 'absent' };
      if (row.owner !== ownerRole(context.tenantId) || !isMarked(row.ownerComment, context.tenantId))
        return { state: 'foreign' };
      const versions = versionsIn(row.comment, context.tenantId);
      const id = idOf(context);
      return versions === undefined
        ? { state: 'partial', id }
        : { state: 'present', id, facts: facts(context, versions) };
    });

  const facts = (context: ResourceContext, versions: SchemaVersions): Record<string, unknown> => {
    const { hostname, port } = new URL(cells.settings(context.region, context.cell).url);
    return {
      host: hostname,
      port: Number(port || 5432),
      database: SCHEMAS_DATABASE,
      schema: context.name,
      ...versions,
    };
  };

  return {
    kind: 'postgres-schema',
    provider: 'postgres',
    actsOnce: true,
    name: schemaName,
    find,
    create: async (context) => {
      const { name, tenantId, spec } = context;
      const found = await find(context);
      if (found.state === 'present') return { id: found.id, facts: found.facts ?? {} };
      if (found.state === 'foreign') throw notOurs('schema', name);
      const versions = versionsFor(sql, spec);
      await cells.run(context, SCHEMAS_DATABASE, (client) =>
        batch(client, [lockTenant(tenantId), ...createSchema(sql, tenantId, versions, found.state === 'partial')]),
      );
      return { id: idOf(context), facts: facts(context, versions) };
    },
    remove: async (context) => {
      const { state } = await find(context);
      if (state !== 'present' && state !== 'partial') return;
      await cells.run(context, SCHEMAS_DATABASE, async (client) => {
        const drop = (statement: string): Promise<void> =>
          batch(client, [lockTenant(context.tenantId), ...asMemberOf(ownerRole(context.tenantId), [statement])]);
        for (;;) {
          const tables = await someTables(client, context.name);
          if (tables.length < TABLES_AT_ONCE) break;
          await drop(`drop table if exists ${tables.join(', ')} cascade`);
        }
        await drop(`drop schema if exists ${escapeIdentifier(context.name)} cascade`);
      });
    },
    async *list(region, signal) {
      for (const { cell } of cells.of(region)) {
        const { rows } = await cells.run({ region, cell, signal }, SCHEMAS_DATABASE, (client) =>
          client.query<{ name: string; owner: string; comment: string | null }>(
            `select n.nspname as name, r.rolname as owner, shobj_description(r.oid, 'pg_authid') as comment
             from pg_namespace n join pg_roles r on r.oid = n.nspowner where n.nspname ~ '^t_[a-z][a-z0-9]{15}$' order by 1`,
          ),
        );
        for (const { name, owner, comment } of rows) {
          const tenantId = tenantIdOf(name)!;
          if (tenantId !== PROBE_TENANT_ID && owner === ownerRole(tenantId) && isMarked(comment, tenantId))
            yield { tenantId, name, id: idOf({ cell, name }), cell };
        }
      }
    },
  };
}

/** Tables that one transaction drops. It locks each of them and their indexes, and the server has room for a limited number of locks. */
const TABLES_AT_ONCE = 100;

async function someTables(client: ClientBase, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname::text as name from pg_class
     where relnamespace = $1::regnamespace and relkind in ('r', 'p', 'f') and not relispartition order by relname limit ${TABLES_AT_ONCE}`,
    [escapeIdentifier(schema)],
  );
  return rows.map(({ name }) => `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`);
}

function idOf({ cell, name }: { cell: string; name: string }): string {
  return `${cell}/${SCHEMAS_DATABASE}/${name}`;
}
