import { escapeIdentifier } from 'pg';
import { newTenantId, underscoreName } from '../../../contract/ids';
import type { BackupManifest } from '../../../registry/backups';
import { actFor, asOwner, type ShareSession } from './dump-session';
import { readTables, TENANT_COLUMN } from './dump-tables';
import { POOL_SCHEMA, schemaVariables } from './names';
import type { SqlFiles } from './sql-files';

/** Into a tenant that nobody ever sees, or into the tenant itself. */
export type RestoreInto = 'scratch' | 'tenant';

/** Empty tables to restore into. */
export interface RestoreTarget {
  schema: string;
  /** Whose the rows become; in tables of a tenant's own there is nobody else. */
  tenantId: string;
  /** Ends what was done for the sake of loading. */
  done(): Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

/** A tenant beside the tenant: another id in the shared tables, or another schema that is made from the same SQL and has the same owner. */
export async function scratchTarget(
  session: ShareSession,
  sql: SqlFiles,
  tenantId: string,
  { schemaVersion, auditVersion }: Pick<BackupManifest, 'schemaVersion' | 'auditVersion'>,
): Promise<RestoreTarget> {
  const { client, schema, owner } = session;
  const scratchId = newTenantId();
  if (owner === undefined) {
    await actFor(session, scratchId);
    return { schema, tenantId: scratchId, done: nothing };
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
  return { schema: scratch, tenantId, done: nothing };
}

/** The tenant's own tables, emptied. Until the transaction ends nobody else reads or writes them. */
export async function tenantTarget(session: ShareSession, tenantId: string): Promise<RestoreTarget> {
  const { client, schema, owner } = session;
  if (owner === undefined) {
    await actFor(session, tenantId);
    await client.query(`delete from ${POOL_SCHEMA}.tenant where ${TENANT_COLUMN} = $1`, [tenantId]);
    return { schema, tenantId, done: nothing };
  }
  const tables = await emptyTables(session, schema);
  return { schema, tenantId, done: () => asOwner(session, () => setTriggers(session, tables, 'enable')) };
}

/** Restored rows are no change that a trigger should note, and what the SQL puts into a new tenant is in the backup too. */
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
