import { randomUUID } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { Check } from '../../port/check';
import { allowed, OWN_OR_STALE_ROWS, refused, rolledBack } from './checks';
import { POOL_SCHEMA } from '../shares/names';

/** Runs `work` in a transaction with the tenant set, as the application does, and rolls it back. */
async function asTenant<T>(client: ClientBase, tenantId: string | undefined, work: () => Promise<T>): Promise<T> {
  return rolledBack(client, async () => {
    if (tenantId !== undefined) await client.query(`select set_config('app.tenant', $1, true)`, [tenantId]);
    return work();
  });
}

/** Checks whose rows of `project` and `tenant` are visible to the tenant `as`, or without a tenant. */
export async function visibleRowsCheck(
  client: ClientBase,
  as: string | undefined,
  id: string,
  claim: string,
  expected: (tenants: string[]) => boolean,
): Promise<Check> {
  return allowed(id, claim, async () => {
    const { rows } = await asTenant(client, as, () =>
      client.query<{ tenant: string }>(
        `select distinct tenant_id as tenant from ${POOL_SCHEMA}.project union all select tenant_id from ${POOL_SCHEMA}.tenant`,
      ),
    );
    const tenants = rows.map(({ tenant }) => tenant);
    return { passed: expected(tenants), answered: `rows of ${new Set(tenants).size} tenants` };
  });
}

/** Writes a row, reads it in another transaction, and deletes it. */
export async function writesAndReads(client: ClientBase, tenantId: string): Promise<Check> {
  // Each attempt has its own row, so that overlapping attempts do not delete each other's.
  const id = `verify-${randomUUID()}`;
  const inTenant = async <T>(work: () => Promise<T>): Promise<T> => {
    await client.query('begin');
    try {
      await client.query(`select set_config('app.tenant', $1, true)`, [tenantId]);
      const result = await work();
      await client.query('commit');
      return result;
    } catch (error) {
      // The checks that follow use the same connection, so it must leave the failed transaction.
      await client.query('rollback');
      throw error;
    }
  };
  return allowed('write-read', 'a row written in one transaction is read in another', async () => {
    await inTenant(() =>
      client.query(`insert into ${POOL_SCHEMA}.health_check (tenant_id, id) values ($1, $2)`, [tenantId, id]),
    );
    const { rowCount } = await inTenant(() =>
      client.query(`select from ${POOL_SCHEMA}.health_check where id = $1`, [id]),
    );
    await inTenant(() => client.query(`delete from ${POOL_SCHEMA}.health_check where ${OWN_OR_STALE_ROWS}`, [id]));
    return { passed: rowCount === 1, answered: `${rowCount} rows` };
  });
}

/**
 * Checks that `one` cannot read, insert, change or delete rows of `other`. `id` says which of them is the probe tenant: `probe` means
 * `other`, `from-probe` means `one`.
 */
export async function isolationChecks(client: ClientBase, one: string, other: string, id: string): Promise<Check[]> {
  const [self, foreign] = id === 'probe' ? ['the tenant', 'the probe tenant'] : ['the probe tenant', 'the tenant'];
  const affectsNoRows = (what: string, claim: string, sql: string): Promise<Check> =>
    allowed(`${id}-${what}`, claim, async () => {
      const rows = (await asTenant(client, one, () => client.query(sql, [other]))).rowCount ?? 0;
      return { passed: rows === 0, answered: `${rows} rows` };
    });
  return [
    // Unless it sees rows of its own, the checks below prove nothing.
    await visibleRowsCheck(
      client,
      one,
      `${id}-own`,
      `${self} reads its own rows and no others`,
      (rows) => rows.length === 2 && rows.every((row) => row === one),
    ),
    await affectsNoRows(
      'read',
      `${self} cannot read rows of ${foreign}`,
      `select from ${POOL_SCHEMA}.project where tenant_id = $1`,
    ),
    await affectsNoRows(
      'change',
      `${self} cannot change rows of ${foreign}`,
      `update ${POOL_SCHEMA}.project set name = name where tenant_id = $1`,
    ),
    await affectsNoRows(
      'delete',
      `${self} cannot delete rows of ${foreign}`,
      `delete from ${POOL_SCHEMA}.project where tenant_id = $1`,
    ),
    await refused(`${id}-insert`, `${self} cannot insert rows for ${foreign}`, () =>
      asTenant(client, one, () =>
        client.query(`insert into ${POOL_SCHEMA}.project (tenant_id, name) values ($1, 'verify')`, [other]),
      ),
    ),
    await refused(`${id}-give`, `${self} cannot move its own rows to ${foreign}`, () =>
      asTenant(client, one, () => client.query(`update ${POOL_SCHEMA}.project set tenant_id = $1`, [other])),
    ),
  ];
}
