import type { ClientBase } from 'pg';
import { PROBE_TENANT_ID } from '../../../contract/ids';
import type { Check } from '../../port/check';
import type { ResourceSecrets } from '../../port/kind';
import { inSchema } from '../catalogue';
import { databaseUrl, withClient, type Cells } from '../cells';
import { allowed, check, listed, plainRoleChecks, refused, rolledBack } from './checks';
import { POOL_DATABASE, POOL_OWNER, POOL_ROLE, POOL_SCHEMA, SCHEMAS_DATABASE } from '../shares/names';
import type { DatabaseExpectation } from './expectation';
import { isolationChecks, visibleRowsCheck, writesAndReads } from './verify-pooled-rows';
import { READ_WRITE, structureChecks } from './verify-structure';

/** Checks a pooled tenant through the application's login. */
export async function verifyPooled(
  cells: Cells,
  expected: DatabaseExpectation,
  shared: ResourceSecrets,
): Promise<Check[]> {
  const { tenantId, signal } = expected;
  const { url } = cells.settings(expected.region, expected.cell);
  const password = (await shared.read(POOL_ROLE)) ?? '';
  const as = <T>(database: string, work: (client: ClientBase) => Promise<T>): Promise<T> =>
    withClient(databaseUrl(url, { database, user: POOL_ROLE, password }), signal, work);

  const logsIn = await allowed('login', 'the application’s login can connect', async () => {
    await as(POOL_DATABASE, () => Promise.resolve());
    return { passed: true, answered: 'connected' };
  });
  if (!logsIn.passed) return [logsIn];

  const others = [SCHEMAS_DATABASE, cells.maintenanceDatabase(expected), 'template1'];
  const checks = await as(POOL_DATABASE, async (client) => [
    // Must come first, while no tenant has ever been set on this connection.
    await visibleRowsCheck(
      client,
      undefined,
      'unset',
      'without a tenant no row can be read',
      (rows) => rows.length === 0,
    ),
    await writesAndReads(client, tenantId),
    ...(await isolationChecks(client, tenantId, PROBE_TENANT_ID, 'probe')),
    ...(await isolationChecks(client, PROBE_TENANT_ID, tenantId, 'from-probe')),
    // After its first use in a transaction the setting is an empty string, no longer absent.
    await visibleRowsCheck(
      client,
      undefined,
      'reused',
      'on a reused connection no row can be read without a tenant',
      (rows) => rows.length === 0,
    ),
    ...(await refusals(client)),
    ...(await structureChecks(client, {
      schema: POOL_SCHEMA,
      owner: POOL_OWNER,
      privileges: (table) => (table === 'tenant' ? ['select'] : READ_WRITE),
      comparesWith: 'app.tenant',
      ownPolicies: ['tenant'],
    })),
    await keysCheck(client),
    ...(await plainRoleChecks(client, [])),
  ]);
  for (const other of others)
    checks.push(
      await refused(`not-in-${other}`, `the application’s login cannot connect to the database ${other}`, () =>
        as(other, () => Promise.resolve()),
      ),
    );
  return [logsIn, ...checks];
}

/** A unique or foreign key that does not begin with the tenant column reveals to one tenant which values another one has. */
async function keysCheck(client: ClientBase): Promise<Check> {
  const { rows } = await client.query<{ name: string }>(
    `with key as (
       select i.relname::text as name, indrelid as relation, indkey[0] as first from pg_index join pg_class i on i.oid = indexrelid
       where indisunique and indrelid in ${inSchema('pg_class')}
       union all select conname, conrelid, conkey[1] from pg_constraint where contype = 'f' and conrelid in ${inSchema('pg_class')})
     select key.name from key join pg_attribute a on attrelid = relation and attnum = first
     where attname <> 'tenant_id' order by 1`,
    [POOL_SCHEMA],
  );
  return check(
    'keys',
    'every unique and every foreign key begins with the tenant',
    rows.length === 0,
    listed(rows.map(({ name }) => name)),
  );
}

async function refusals(client: ClientBase): Promise<Check[]> {
  const attempt = (sql: string) => () => rolledBack(client, () => client.query(sql));
  return [
    await refused(
      'no-partition',
      'a partition read directly is refused',
      attempt(`select from ${POOL_SCHEMA}.project_p00`),
    ),
    await refused('not-owner', 'the login cannot become the owner', attempt(`set local role ${POOL_OWNER}`)),
    await refused('no-drop', 'the login cannot drop a table', attempt(`drop table ${POOL_SCHEMA}.item`)),
    await refused('no-truncate', 'the login cannot truncate', attempt(`truncate ${POOL_SCHEMA}.item`)),
    await refused(
      'no-tenant',
      'the login cannot add a tenant',
      attempt(`insert into ${POOL_SCHEMA}.tenant (tenant_id) values ('verify0000000000')`),
    ),
    await refused(
      'no-public-ddl',
      'the login cannot make a table in the schema public',
      attempt('create table public.verify (id int)'),
    ),
  ];
}
