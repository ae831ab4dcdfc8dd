import { randomUUID } from 'node:crypto';
import { escapeIdentifier, type ClientBase } from 'pg';
import { PROBE_TENANT_ID } from '../../../contract/ids';
import type { Check } from '../../port/check';
import type { ResourceSecrets } from '../../port/kind';
import { databaseUrl, withClient, type Cells } from '../cells';
import { allowed, OWN_OR_STALE_ROWS, plainRoleChecks, refused, rolledBack } from './checks';
import { databaseOf } from '../logins/login';
import { PASSWORD } from '../logins/secrets';
import {
  appRole,
  ownerRole,
  POOL_DATABASE,
  readonlyRole,
  SCHEMAS_CONNECT,
  SCHEMAS_DATABASE,
  schemaName,
} from '../shares/names';
import type { DatabaseExpectation } from './expectation';
import { auditChecks } from './verify-audit';
import { limitsCheck, readonlyChecks, structureOf } from './verify-readonly';
import { structureChecks } from './verify-structure';

type Expectation = DatabaseExpectation & { isolation: 'schema' | 'database' };

/** Checks a tenant that has its own logins, in a schema or a database of its own. */
export async function verifyLogin(cells: Cells, expected: Expectation, shared: ResourceSecrets): Promise<Check[]> {
  const { tenantId, isolation, signal, passwords } = expected;
  const { url } = cells.settings(expected.region, expected.cell);
  const database = databaseOf(tenantId, isolation);
  const as = <T>(user: string, password: string, to: string, work: (client: ClientBase) => Promise<T>): Promise<T> =>
    withClient(databaseUrl(url, { database: to, user, password }), signal, work);
  const enter = (user: string, password: string, to: string) => () => as(user, password, to, () => Promise.resolve());

  const user = appRole(tenantId);
  const password = passwords?.app ?? '';
  const logsIn = await allowed('login', 'the tenant’s login can connect', () =>
    as(user, password, database, async (client) => {
      const { rows } = await client.query<{ who: string }>('select current_user || $1 || current_database() as who', [
        ' in ',
      ]);
      return { passed: true, answered: rows[0]!.who };
    }),
  );
  if (!logsIn.passed) return [logsIn];

  const others = [POOL_DATABASE, SCHEMAS_DATABASE, cells.maintenanceDatabase(expected), 'template1'];
  const checks = await as(user, password, database, async (client) => [
    await writesAndReads(client, () => as(user, password, database, readHealth)),
    ...(await plainRoleChecks(client, [SCHEMAS_CONNECT])),
    ...(await ownChecks(client, tenantId, isolation)),
    ...(await structureChecks(client, structureOf(tenantId))),
    ...(expected.auditTrail === true ? await auditChecks(client, tenantId) : []),
  ]);
  for (const other of others.filter((name) => name !== database))
    checks.push(
      await refused(
        `not-in-${other}`,
        `the tenant’s login cannot connect to the database ${other}`,
        enter(user, password, other),
      ),
    );
  checks.push(
    await refused('wrong-password', 'a wrong password is refused', enter(user, `not-${password}`, database)),
    ...(passwords?.readonly === undefined
      ? []
      : await as(readonlyRole(tenantId), passwords.readonly, database, (client) => readonlyChecks(client, tenantId))),
  );

  const probePassword = await shared.read(`${PROBE_TENANT_ID}/postgres-login/${PASSWORD}`);
  const theirs = `select from ${escapeIdentifier(schemaName(tenantId))}.project`;
  const probe = (to: string, work: (client: ClientBase) => Promise<unknown>): Promise<unknown> =>
    as(appRole(PROBE_TENANT_ID), probePassword ?? '', to, work);
  return [
    logsIn,
    ...checks,
    // Unless the probe tenant can log in, the refusal checked next proves nothing.
    await allowed('probe-login', 'the probe tenant’s login can connect', async () => {
      await probe(SCHEMAS_DATABASE, () => Promise.resolve());
      return { passed: true, answered: 'connected' };
    }),
    await refused('from-probe', 'the probe tenant cannot reach this tenant', () =>
      probe(database, (client) => client.query(theirs)),
    ),
  ];
}

async function writesAndReads(client: ClientBase, read: () => Promise<string[]>): Promise<Check> {
  return allowed('write-read', 'a row written by one connection is read by another', async () => {
    // Each attempt has its own row, so that overlapping attempts do not delete each other's.
    const id = `verify-${randomUUID()}`;
    await client.query('insert into health_check (id) values ($1)', [id]);
    try {
      const seen = (await read()).includes(id);
      return { passed: seen, answered: seen ? 'read' : 'not read' };
    } finally {
      await client.query(`delete from health_check where ${OWN_OR_STALE_ROWS}`, [id]);
    }
  });
}

async function readHealth(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>('select id from health_check');
  return rows.map(({ id }) => id);
}

async function ownChecks(client: ClientBase, tenantId: string, isolation: 'schema' | 'database'): Promise<Check[]> {
  const attempt = (sql: string) => () => rolledBack(client, () => client.query(sql));
  const own = escapeIdentifier(schemaName(tenantId));
  return [
    await limitsCheck(client),
    await refused(
      'not-owner',
      'the login cannot become the owner',
      attempt(`set local role ${escapeIdentifier(ownerRole(tenantId))}`),
    ),
    await refused(
      'no-own-ddl',
      'the login cannot make a table in its own schema',
      attempt(`create table ${own}.verify (id int)`),
    ),
    await refused('no-drop', 'the login cannot drop its tables', attempt(`drop table ${own}.item`)),
    await refused(
      'no-policy-off',
      'the login cannot switch row-level security off',
      attempt(`alter table ${own}.item disable row level security`),
    ),
    await refused(
      'no-public-ddl',
      'the login cannot make a table in the schema public',
      attempt('create table public.verify (id int)'),
    ),
    await refused('no-schema', 'the login cannot make a schema', attempt('create schema verify')),
    ...(isolation === 'schema'
      ? [
          await refused(
            'not-probe',
            'the tenant cannot reach the probe tenant',
            attempt(`select from ${escapeIdentifier(schemaName(PROBE_TENANT_ID))}.project`),
          ),
        ]
      : []),
  ];
}
