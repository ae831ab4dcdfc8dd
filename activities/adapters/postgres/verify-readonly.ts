import type { ClientBase } from 'pg';
import type { Check } from '../../check';
import { allowed, check, refused, rolledBack } from './checks';
import { AUDIT_LOG, ownerRole, schemaName } from './names';
import { privilegesCheck, READ_WRITE, type Structure } from './verify-structure';

/** The checks of the login that can only read. */
export async function readonlyChecks(client: ClientBase, tenantId: string): Promise<Check[]> {
  return [
    await limitsCheck(client, 'readonly-', ['default_transaction_read_only']),
    await privilegesCheck(client, { ...structureOf(tenantId), prefix: 'readonly-', privileges: () => ['select'] }),
    await allowed('readonly-reads', 'the read-only login reads', async () => {
      const { rowCount } = await client.query('select from project');
      return { passed: (rowCount ?? 0) > 0, answered: `${rowCount} rows` };
    }),
    await refused('readonly-writes-not', 'the read-only login does not write, whatever it sets', () =>
      rolledBack(client, async () => {
        await client.query('set transaction read write');
        await client.query(`insert into health_check (id) values ('readonly')`);
      }),
    ),
  ];
}

/** What the catalogue must say of a tenant's own schema to its application. */
export function structureOf(tenantId: string): Structure {
  return {
    schema: schemaName(tenantId),
    owner: ownerRole(tenantId),
    privileges: (table) => (table === AUDIT_LOG ? ['select'] : READ_WRITE),
    comparesWith: 'CURRENT_USER',
    ownPolicies: [AUDIT_LOG],
  };
}

const LIMITS = ['statement_timeout', 'idle_in_transaction_session_timeout'];

/** Whether a login has its limits. A session may change settings for itself; that they are set shows that nothing of the login was left out. */
export async function limitsCheck(client: ClientBase, prefix = '', more: string[] = []): Promise<Check> {
  const { rows } = await client.query<{ connections: number; settings: string[] }>(
    `select rolconnlimit as connections, coalesce(rolconfig, '{}') as settings from pg_roles where rolname = current_user`,
  );
  const { connections, settings } = rows[0]!;
  const expected = [...LIMITS, ...more];
  const set = settings.filter((setting) => expected.some((name) => setting.startsWith(`${name}=`)));
  return check(
    `${prefix}limits`,
    'the login has a limit of connections and time-outs',
    connections > 0 && set.length === expected.length,
    [`${connections} connections`, ...set].join(', '),
  );
}
