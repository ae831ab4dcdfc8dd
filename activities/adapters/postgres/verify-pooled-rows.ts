import { randomUUID } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { Check } from '../../check';
import { allowed, OF_THIS_OR_A_DEAD_ATTEMPT, refused, rolledBack } from './checks';
import { POOL_SCHEMA } from './names';

/** Runs `work` in a transaction of a tenant, as the application does, and rolls it back. */
async function within<T>(client: ClientBase, tenantId: string | undefined, work: () => Promise<T>): Promise<T> {
  return rolledBack(client, async () => {
    if (tenantId !== undefined) await client.query(`select set_config('app.tenant', $1, true)`, [tenantId]);
    return work();
  });
}

/** Whose rows of `project` and `tenant` are seen by a tenant, or without one. */
export async function rowsSeen(
  client: ClientBase,
  as: string | undefined,
  id: string,
  claim: string,
  expected: (tenants: string[]) => boolean,
): Promise<Check> {
  return allowed(id, claim, async () => {
    const { rows } = await within(client, as, () =>
      client.query<{ tenant: string }>(
        `select distinct tenant_id as tenant from ${POOL_SCHEMA}.project union all select tenant_id from ${POOL_SCHEMA}.tenant`,
      ),
    );
    const tenants = rows.map(({ tenant }) => tenant);
    return { passed: expected(tenants), answered: `rows of ${new Set(tenants).size} tenants` };
  });
}

/** Writes a row, reads it in another transaction, and takes it away. */
export async function writesAndReads(client: ClientBase, tenantId: string): Promise<Check> {
  // Its own in each attempt: one that overlaps must not take this one's row away.
  const id = `verify-${randomUUID()}`;
  const inTenant = async <T>(work: () => Promise<T>): Promise<T> => {
    await client.query('begin');
    try {
      await client.query(`select set_config('app.tenant', $1, true)`, [tenantId]);
      const result = await work();
      await client.query('commit');
      return result;
    } catch (error) {
      // The checks that follow use the connection too.
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
    await inTenant(() =>
      client.query(`delete from ${POOL_SCHEMA}.health_check where ${OF_THIS_OR_A_DEAD_ATTEMPT}`, [id]),
    );
    return { passed: rowCount === 1, answered: `${rowCount} rows` };
  });
}

/** What `one` must not do to `other`: read, write, change, delete. `id` tells whether the probe tenant is the other or the one. */
export async function apart(client: ClientBase, one: string, other: string, id: string): Promise<Check[]> {
  const [self, foreign] = id === 'probe' ? ['the tenant', 'the probe tenant'] : ['the probe tenant', 'the tenant'];
  const none = (what: string, claim: string, sql: string): Promise<Check> =>
    allowed(`${id}-${what}`, claim, async () => {
      const rows = (await within(client, one, () => client.query(sql, [other]))).rowCount ?? 0;
      return { passed: rows === 0, answered: `${rows} rows` };
    });
  return [
    // Without rows of its own the rest would prove nothing.
    await rowsSeen(
      client,
      one,
      `${id}-own`,
      `${self} reads its own rows and no others`,
      (rows) => rows.length === 2 && rows.every((row) => row === one),
    ),
    await none('read', `${self} reads no row of ${foreign}`, `select from ${POOL_SCHEMA}.project where tenant_id = $1`),
    await none(
      'change',
      `${self} changes no row of ${foreign}`,
      `update ${POOL_SCHEMA}.project set name = name where tenant_id = $1`,
    ),
    await none(
      'delete',
      `${self} deletes no row of ${foreign}`,
      `delete from ${POOL_SCHEMA}.project where tenant_id = $1`,
    ),
    await refused(`${id}-insert`, `${self} inserts no row for ${foreign}`, () =>
      within(client, one, () =>
        client.query(`insert into ${POOL_SCHEMA}.project (tenant_id, name) values ($1, 'verify')`, [other]),
      ),
    ),
    await refused(`${id}-give`, `${self} gives no row of its own to ${foreign}`, () =>
      within(client, one, () => client.query(`update ${POOL_SCHEMA}.project set tenant_id = $1`, [other])),
    ),
  ];
}
