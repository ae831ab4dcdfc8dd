import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { ApplicationFailure } from '@temporalio/common';
import { escapeLiteral, type ClientBase } from 'pg';
import { failure } from '../../port/failures';
import type { Access } from '../../../contract/tenants/access';
import type { ResourceContext, ResourceSecrets } from '../../port/kind';
import { batch, lockTenant } from '../batch';
import { databaseUrl, withClient, type Cells } from '../cells';
import { POOL_DATABASE, POOL_ROLE, POOL_SCHEMA } from '../shares/names';
import { OWN_OR_STALE_ROWS, rolledBack } from '../verification/checks';
import { accessFrom, tried } from './trials';

/** Milliseconds to wait for the application's transactions that began before the change. */
const WAIT_MS = 2_000;

/**
 * Sets the access that the policies look up, and waits until no transaction of the application can still see the earlier one. Throws
 * `ProviderUnavailable` if one stays open: ending a session of the shared login would hit other tenants.
 */
export async function setPooledAccess(cells: Cells, context: ResourceContext, access: Access): Promise<void> {
  const { tenantId, cell, signal } = context;
  const [tenant, wanted] = [escapeLiteral(tenantId), escapeLiteral(access)];
  await cells.run(context, POOL_DATABASE, async (client) => {
    await batch(client, [
      lockTenant(tenantId),
      // A repetition leaves the row alone, because the row's age tells which transactions are older than the change.
      `update ${POOL_SCHEMA}.tenant set access = ${wanted} where tenant_id = ${tenant} and access <> ${wanted}`,
    ]);
    const { rowCount } = await client.query(`select from ${POOL_SCHEMA}.tenant where tenant_id = $1 and access = $2`, [
      tenantId,
      access,
    ]);
    if (rowCount !== 1) throw noShare(tenantId);
    if (access === 'open') return;
    const deadline = Date.now() + WAIT_MS;
    for (let older = await olderSessions(client, tenantId); older.length > 0;) {
      if (Date.now() > deadline)
        throw failure(
          'ProviderUnavailable',
          `Tenant ${tenantId} is ${access}, but transactions of ${POOL_ROLE} that began earlier may still see it as before. ` +
            `Wait for them to end, or end them: processes ${older.join(', ')} of cell ${cell}.`,
        );
      await setTimeout(50, undefined, { signal });
      older = await olderSessions(client, tenantId);
    }
  });
}

/** Processes of the application's sessions whose snapshot may be older than the tenant's row. */
async function olderSessions(client: ClientBase, tenantId: string): Promise<number[]> {
  return rolledBack(client, async () => {
    // Without membership the server hides the snapshots of another role's sessions.
    await client.query(`grant ${POOL_ROLE} to current_user`);
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity
       where usename = $2 and age(backend_xmin) >= (select age(xmin) from ${POOL_SCHEMA}.tenant where tenant_id = $1)`,
      [tenantId, POOL_ROLE],
    );
    return rows.map(({ pid }) => pid);
  });
}

/**
 * The access to a tenant's rows through the application's login. The provisioner, to whom the access does not apply, writes the row that
 * the login then tries to read, change and delete, and removes it afterwards.
 */
export async function pooledAccess(cells: Cells, context: ResourceContext, shared: ResourceSecrets): Promise<Access> {
  const { tenantId, region, cell, signal } = context;
  const password = await shared.read(POOL_ROLE);
  if (password === undefined)
    throw failure(
      'ProviderUnavailable',
      `The password of ${POOL_ROLE} on cell ${cell} is not stored. Prepare the cell.`,
    );
  const login = databaseUrl(cells.settings(region, cell).url, { database: POOL_DATABASE, user: POOL_ROLE, password });
  const table = `${POOL_SCHEMA}.health_check`;
  const id = `verify-${randomUUID()}`;
  const asTenant = `select set_config('app.tenant', ${escapeLiteral(tenantId)}, true)`;
  const provisioner = (sql: string, values: string[]): Promise<number> =>
    cells.run(context, POOL_DATABASE, async (client) => {
      await client.query(`begin; ${asTenant}`);
      const { rowCount } = await client.query(sql, values);
      await client.query('commit');
      return rowCount ?? 0;
    });

  const written = await provisioner(
    `insert into ${table} (tenant_id, id) select tenant_id, $2 from ${POOL_SCHEMA}.tenant where tenant_id = $1`,
    [tenantId, id],
  );
  if (written === 0) throw noShare(tenantId);
  try {
    return await withClient(login, signal, async (client) => {
      const reaches = async (sql: string, values = [id]): Promise<boolean> =>
        (await tried(client, { before: asTenant, sql, values }))?.rowCount === 1;
      const trials = {
        read: await reaches(`select from ${table} where id = $1`),
        insert: await reaches(`insert into ${table} (tenant_id, id) values ($1, $2)`, [tenantId, `${id}-inserted`]),
        update: await reaches(`update ${table} set written_at = written_at where id = $1`),
        delete: await reaches(`delete from ${table} where id = $1`),
      };
      return accessFrom(trials, `The share of tenant ${tenantId}`);
    });
  } finally {
    await provisioner(`delete from ${table} where ${OWN_OR_STALE_ROWS}`, [id]);
  }
}

function noShare(tenantId: string): ApplicationFailure {
  return failure(
    'OutcomeUnknown',
    `Tenant ${tenantId} has no row in ${POOL_SCHEMA}.tenant, or the row was just replaced.`,
  );
}
