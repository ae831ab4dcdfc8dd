import type { ClientBase } from 'pg';
import type { Check } from '../../port/check';
import { allowed, check, refused, rolledBack } from './checks';
import { AUDIT_LOG, ownerRole, schemaName } from '../shares/names';
import { privilegesCheck, READ_WRITE, type Structure } from './verify-structure';

/** Checks the read-only login. */
export async function readonlyChecks(client: ClientBase, tenantId: string): Promise<Check[]> {
  return [
    await limitsCheck(client, 'readonly-', ['default_transaction_read_only']),
    await privilegesCheck(client, { ...structureOf(tenantId), prefix: 'readonly-', privileges: () => ['select'] }),
    await allowed('readonly-reads', 'the read-only login can read', async () => {
      const { rowCount } = await client.query('select from project');
      return { passed: (rowCount ?? 0) > 0, answered: `${rowCount} rows` };
    }),
    await refused('readonly-writes-not', 'the read-only login cannot write, whatever it sets', () =>
      rolledBack(client, async () => {
        await client.query('set transaction read write');
        await client.query(`insert into health_check (id) values ('readonly')`);
      }),
    ),
  ];
}

/** The structure that the application's login must find in a tenant's own schema. */
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

/**
 * Checks that the login's limits are set. A session may override the time-outs for itself, but their presence shows that the login was made
 * completely.
 */
export async function limitsCheck(client: ClientBase, prefix = '', more: string[] = []): Promise<Check> {
  const { rows } = await client.query<{ connections: number; settings: string[] }>(
    `select rolconnlimit as connections, coalesce(rolconfig, '{}') as settings from pg_roles where rolname = current_user`,
  );
  const { connections, settings } = rows[0]!;
  const expected = [...LIMITS, ...more];
  const set = settings.filter((setting) => expected.some((name) => setting.startsWith(`${name}=`)));
  return check(
    `${prefix}limits`,
    `the ${prefix === '' ? 'login' : 'read-only login'} has a connection limit and time-outs`,
    connections > 0 && set.length === expected.length,
    [`${connections} connections`, ...set].join(', '),
  );
}
