import { escapeIdentifier, escapeLiteral, type ClientBase } from 'pg';
import type { Isolation } from '../../../contract/orders/order';
import { databaseUrl, withClient, type Cells, type Place } from '../cells';
import { databaseOf } from '../logins/login';
import { ownerRole, POOL_DATABASE, POOL_SCHEMA, schemaName } from '../shares/names';

/** One tenant's data in a cell. */
export interface Share extends Place {
  tenantId: string;
  isolation: Isolation;
}

/** A transaction on the database that holds a share. */
export interface ShareSession {
  client: ClientBase;
  /** The schema with the share's tables. */
  schema: string;
  /** The role that owns the tenant's own tables, which the session may assume; undefined for shared tables. */
  owner: string | undefined;
}

/**
 * A big table takes minutes; a longer statement means that the server is in trouble. The client sets no time-out of its own, because COPY
 * streams rows for as long as the statement runs.
 */
const LIMITS = { statement_timeout: 1_200_000, query_timeout: 0, lock_timeout: 60_000 };

// These settings determine how values are written as text. They are fixed so that checksums do not depend on a server's configuration.
const TEXT_FORMAT_SETTINGS = [
  `set local datestyle = 'ISO, YMD'`,
  `set local intervalstyle = 'postgres'`,
  `set local timezone = 'UTC'`,
  `set local extra_float_digits = 1`,
  `set local bytea_output = 'hex'`,
  `set local search_path = pg_catalog`,
];

/**
 * Runs `work` in one transaction on a consistent snapshot (repeatable read). Unless `keep` is set, the transaction is rolled back, and with
 * it the temporary membership of the tenant's owner role. An error closes the connection, so the server rolls back even in mid-COPY.
 */
export async function inShare<T>(
  cells: Cells,
  { region, cell, signal, tenantId, isolation }: Share,
  work: (session: ShareSession) => Promise<T>,
  keep = false,
): Promise<T> {
  const pooled = isolation === 'pooled';
  const database = pooled ? POOL_DATABASE : databaseOf(tenantId, isolation);
  const owner = pooled ? undefined : ownerRole(tenantId);
  const url = databaseUrl(cells.settings(region, cell).url, { database });
  return withClient(
    url,
    signal,
    async (client) => {
      await client.query('begin isolation level repeatable read');
      await client.query(TEXT_FORMAT_SETTINGS.join('; '));
      if (owner !== undefined) await client.query(`grant ${escapeIdentifier(owner)} to current_user`);
      const result = await work({ client, schema: pooled ? POOL_SCHEMA : schemaName(tenantId), owner });
      if (keep && owner !== undefined) await client.query(`revoke ${escapeIdentifier(owner)} from current_user`);
      await client.query(keep ? 'commit' : 'rollback');
      return result;
    },
    LIMITS,
  );
}

/** Runs `work` as the owner of the tenant's tables; for shared tables, as the session's own role. */
export async function asOwner<T>({ client, owner }: ShareSession, work: () => Promise<T>): Promise<T> {
  if (owner === undefined) return work();
  await client.query(`set local role ${escapeIdentifier(owner)}`);
  const result = await work();
  await client.query('reset role');
  return result;
}

/** For the rest of the transaction the shared tables show only this tenant's rows; their policies apply to the provisioner too. */
export async function setPooledTenant({ client }: ShareSession, tenantId: string): Promise<void> {
  await client.query(`select set_config('app.tenant', ${escapeLiteral(tenantId)}, true)`);
}
