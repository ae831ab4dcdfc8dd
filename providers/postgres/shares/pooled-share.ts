import { escapeLiteral } from 'pg';
import { PROBE_TENANT_ID, underscoreName } from '../../../contract/ids';
import type { DatabaseTemplate } from '../../../templates/template';
import type { ResourceContext, ResourceKind, ResourceSecrets } from '../../port/kind';
import { pooledAccess, setPooledAccess } from '../access/pooled-access';
import { batch, lockTenant } from '../batch';
import type { Cells } from '../cells';
import { removeRows } from './pooled-rows';
import { POOL_DATABASE, POOL_ROLE, POOL_SCHEMA } from './names';

/** SQL expression for the version of a cell's shared tables, read from their schema's comment. */
export const VERSION = `substring(obj_description('${POOL_SCHEMA}'::regnamespace, 'pg_namespace') from 'version=(\\d{4})$')`;

/**
 * A tenant's rows in the shared tables of its cell. Every row references the tenant's row in `tenant` (deletes cascade), so that one row
 * decides whether the share exists, and which access the application has to it. There is no login: the application sets the tenant per
 * transaction. `secretsOf` has the password of the application's shared login on a cell.
 */
export function pooledShareKind(
  cells: Cells,
  secretsOf: (at: { region: string; cell: string }) => ResourceSecrets,
): ResourceKind<DatabaseTemplate> {
  return {
    kind: 'pooled-share',
    provider: 'postgres',
    actsOnce: true,
    name: underscoreName,
    find: (context) =>
      cells.run(context, POOL_DATABASE, async (client) => {
        const { rows } = await client.query<{ version: string | null }>(
          `select ${VERSION} as version from ${POOL_SCHEMA}.tenant where tenant_id = $1`,
          [context.tenantId],
        );
        const [row] = rows;
        return row ? { state: 'present', id: idOf(context), facts: facts(context, row.version) } : { state: 'absent' };
      }),
    create: async (context) => {
      const tenant = escapeLiteral(context.tenantId);
      const version = await cells.run(context, POOL_DATABASE, async (client) => {
        await batch(client, [
          lockTenant(context.tenantId),
          `insert into ${POOL_SCHEMA}.tenant (tenant_id) values (${tenant}) on conflict do nothing`,
          // Every tenant starts with one project. The policies apply to the provisioner too, so the tenant is set first.
          `select set_config('app.tenant', ${tenant}, true)`,
          `insert into ${POOL_SCHEMA}.project (tenant_id, name) values (${tenant}, 'Default') on conflict do nothing`,
        ]);
        const { rows } = await client.query<{ version: string | null }>(`select ${VERSION} as version`);
        return rows[0]!.version;
      });
      return { id: idOf(context), facts: facts(context, version) };
    },
    update: (context, { access }) => setPooledAccess(cells, context, access),
    access: (context) => pooledAccess(cells, context, secretsOf(context)),
    remove: (context) => cells.run(context, POOL_DATABASE, (client) => removeRows(client, context.tenantId)),
    async *list(region, signal) {
      for (const { cell } of cells.of(region)) {
        const { rows } = await cells.run({ region, cell, signal }, POOL_DATABASE, (client) =>
          client.query<{ tenantId: string }>(
            `select tenant_id as "tenantId" from ${POOL_SCHEMA}.tenant where tenant_id <> $1 order by 1`,
            [PROBE_TENANT_ID],
          ),
        );
        for (const { tenantId } of rows)
          yield { tenantId, name: underscoreName(tenantId), id: idOf({ cell, tenantId }), cell };
      }
    },
  };

  function facts({ region, cell }: ResourceContext, version: string | null): Record<string, unknown> {
    const { hostname, port } = new URL(cells.settings(region, cell).url);
    return {
      host: hostname,
      port: Number(port || 5432),
      database: POOL_DATABASE,
      schema: POOL_SCHEMA,
      role: POOL_ROLE,
      version,
    };
  }
}

function idOf({ cell, tenantId }: { cell: string; tenantId: string }): string {
  return `${cell}/${POOL_DATABASE}/${tenantId}`;
}
