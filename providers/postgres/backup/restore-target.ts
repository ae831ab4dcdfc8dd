import { escapeIdentifier } from 'pg';
import { newTenantId, underscoreName } from '../../../contract/ids';
import type { BackupManifest } from '../../../registry/backups/backups';
import { asOwner, setPooledTenant, type ShareSession } from './dump-session';
import { readTables, TENANT_COLUMN } from './dump-tables';
import { POOL_SCHEMA, schemaVariables } from '../shares/names';
import type { SqlFiles } from '../shares/sql-files';

/** `scratch`: a temporary tenant that is never committed. `tenant`: the tenant itself, whose data is replaced. */
export type RestoreInto = 'scratch' | 'tenant';

/** Empty tables to restore into. */
export interface RestoreTarget {
  schema: string;
  /** The tenant id that restored rows get in the shared tables. */
  tenantId: string;
  /** Undoes temporary changes made for loading, such as disabled triggers, and gives the rows the access that they had. */
  done(): Promise<void>;
}

const noop = (): Promise<void> => Promise.resolve();

/** A scratch target: a new tenant id in the shared tables, or a new schema made from the same SQL with the same owner. */
export async function scratchTarget(
  session: ShareSession,
  sql: SqlFiles,
  tenantId: string,
  { schemaVersion, auditVersion }: Pick<BackupManifest, 'schemaVersion' | 'auditVersion'>,
): Promise<RestoreTarget> {
  const { client, schema, owner } = session;
  const scratchId = newTenantId();
  if (owner === undefined) {
    await setPooledTenant(session, scratchId);
    return { schema, tenantId: scratchId, done: noop };
  }
  const scratch = underscoreName(scratchId);
  await client.query(`create schema ${escapeIdentifier(scratch)} authorization ${escapeIdentifier(owner)}`);
  const variables = schemaVariables(tenantId, scratch);
  await asOwner(session, async () => {
    await client.query(sql.load('tenant', schemaVersion, variables));
    if (auditVersion !== undefined) await client.query(sql.load('audit', auditVersion, variables));
    await client.query('set local search_path = pg_catalog');
  });
  await emptyTables(session, scratch);
  return { schema: scratch, tenantId, done: noop };
}

/** The tenant's own rows, deleted first. Its own tables stay locked to all other sessions until the transaction ends. */
export async function tenantTarget(session: ShareSession, tenantId: string): Promise<RestoreTarget> {
  const { client, schema, owner } = session;
  if (owner === undefined) {
    await setPooledTenant(session, tenantId);
    const { rows } = await client.query<{ access: string }>(
      `delete from ${POOL_SCHEMA}.tenant where ${TENANT_COLUMN} = $1 returning access`,
      [tenantId],
    );
    const keepAccess = async (): Promise<void> => {
      for (const { access } of rows)
        await client.query(`update ${POOL_SCHEMA}.tenant set access = $2 where ${TENANT_COLUMN} = $1`, [
          tenantId,
          access,
        ]);
    };
    return { schema, tenantId, done: keepAccess };
  }
  const tables = await emptyTables(session, schema);
  return { schema, tenantId, done: () => asOwner(session, () => setTriggers(session, tables, 'enable')) };
}

/**
 * Disables the triggers and empties all tables. A restore is not a change for triggers to record, and the rows that the SQL puts into a new
 * tenant are in the backup as well.
 */
async function emptyTables(session: ShareSession, schema: string): Promise<string[]> {
  return asOwner(session, async () => {
    const tables = (await readTables(session.client, schema, false)).map(
      ({ name }) => `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`,
    );
    await setTriggers(session, tables, 'disable');
    await session.client.query(`truncate ${tables.join(', ')}`);
    return tables;
  });
}

async function setTriggers({ client }: ShareSession, tables: string[], how: 'enable' | 'disable'): Promise<void> {
  await client.query(tables.map((table) => `alter table ${table} ${how} trigger user`).join('; '));
}
