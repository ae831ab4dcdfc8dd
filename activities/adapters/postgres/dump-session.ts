import { escapeIdentifier, escapeLiteral, type ClientBase } from 'pg';
import type { Isolation } from '../../../contract/order';
import { databaseUrl, withClient, type Cells, type Place } from './cells';
import { databaseOf } from './login';
import { ownerRole, POOL_DATABASE, POOL_SCHEMA, schemaName } from './names';

/** A tenant's share of a cell. */
export interface Share extends Place {
  tenantId: string;
  isolation: Isolation;
}

/** A transaction on the database a share lies in. */
export interface ShareSession {
  client: ClientBase;
  /** The schema with the share's tables. */
  schema: string;
  /** Whose the tables are, where they are the tenant's alone; the session may become it. */
  owner: string | undefined;
}

/** A big table takes minutes; what takes longer is a server in trouble. Queries have no time-out of the client's: their rows are awaited one by one. */
const LIMITS = { statement_timeout: 1_200_000, query_timeout: 0, lock_timeout: 60_000 };

// How values are written as text depends on these; a checksum must not depend on how a server is set up.
const AS_TEXT = [
  `set local datestyle = 'ISO, YMD'`,
  `set local intervalstyle = 'postgres'`,
  `set local timezone = 'UTC'`,
  `set local extra_float_digits = 1`,
  `set local bytea_output = 'hex'`,
  `set local search_path = pg_catalog`,
];

/**
 * Runs `work` in one transaction that sees one moment (repeatable read) and, unless `keep` says so, leaves no trace: it is rolled back, and with
 * it the right to become the tenant's owner. What fails ends the connection, so that the server rolls back whatever state a COPY was in.
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
      await client.query(AS_TEXT.join('; '));
      if (owner !== undefined) await client.query(`grant ${escapeIdentifier(owner)} to current_user`);
      const result = await work({ client, schema: pooled ? POOL_SCHEMA : schemaName(tenantId), owner });
      if (keep && owner !== undefined) await client.query(`revoke ${escapeIdentifier(owner)} from current_user`);
      await client.query(keep ? 'commit' : 'rollback');
      return result;
    },
    LIMITS,
  );
}

/** Runs `work` as the owner of the tenant's tables, where they have one of their own. */
export async function asOwner<T>({ client, owner }: ShareSession, work: () => Promise<T>): Promise<T> {
  if (owner === undefined) return work();
  await client.query(`set local role ${escapeIdentifier(owner)}`);
  const result = await work();
  await client.query('reset role');
  return result;
}

/** From here on the shared tables show this tenant's rows only; policies hold for the provisioner too. */
export async function actFor({ client }: ShareSession, tenantId: string): Promise<void> {
  await client.query(`select set_config('app.tenant', ${escapeLiteral(tenantId)}, true)`);
}
