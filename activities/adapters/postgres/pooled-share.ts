import { escapeLiteral } from 'pg';
import { PROBE_TENANT_ID, underscoreName } from '../../../contract/ids';
import type { DatabaseTemplate } from '../../../templates/template';
import type { ResourceContext, ResourceKind } from '../../kind';
import { batch, lockTenant } from './batch';
import type { Cells } from './cells';
import { POOL_DATABASE, POOL_ROLE, POOL_SCHEMA } from './names';

/** The version of the shared tables, which all tenants of a cell have in common, as their schema's comment has it. */
export const VERSION = `substring(obj_description('${POOL_SCHEMA}'::regnamespace, 'pg_namespace') from 'version=(\\d{4})$')`;

/**
 * A tenant's rows in the shared tables of its cell. Every row hangs on the tenant's row in `tenant`, so the tenant is there with that row
 * and gone with it. It has no login: the application sets the tenant per transaction.
 */
export function pooledShareKind(cells: Cells): ResourceKind<DatabaseTemplate> {
  return {
    kind: 'pooled-share',
    provider: 'postgres',
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
          // What every tenant starts with; the policies hold for the provisioner too.
          `select set_config('app.tenant', ${tenant}, true)`,
          `insert into ${POOL_SCHEMA}.project (tenant_id, name) values (${tenant}, 'Default') on conflict do nothing`,
        ]);
        const { rows } = await client.query<{ version: string | null }>(`select ${VERSION} as version`);
        return rows[0]!.version;
      });
      return { id: idOf(context), facts: facts(context, version) };
    },
    remove: async (context) => {
      await cells.run(context, POOL_DATABASE, (client) =>
        client.query(`delete from ${POOL_SCHEMA}.tenant where tenant_id = $1`, [context.tenantId]),
      );
    },
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
