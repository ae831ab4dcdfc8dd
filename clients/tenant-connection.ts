import { Pool, type PoolClient, type PoolConfig } from 'pg';

/** A tenant as the application knows it. `GET /v1/tenants/{id}` has both values; the kind of its database resource gives the isolation. */
export interface Tenant {
  tenantId: string;
  isolation: 'pooled' | 'schema' | 'database';
}

/** The tenant that work is done for, and the user it is done for. */
export interface Work extends Tenant {
  /** The user on whose behalf the application acts. The audit trail in a tenant's own schema records it. */
  actor?: string;
}

/** A database login of the application: the facts of the tenant's database resource, and the password. */
export interface Login {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  /** Maximum number of connections of this process, 10 by default. Keep it below the login's connection limit. */
  max?: number;
  tls?: PoolConfig['ssl'];
}

const TENANT_ID = /^[a-z][a-z0-9]{15}$/;

/**
 * A pool for one login: either the login that all pooled tenants share, or a tenant's own. At the start of a connection it sends only user
 * and database, because a connection pooler in front would refuse or lose anything else. Set time-outs and search path on the role.
 */
export function tenantPool({ tls, max = 10, ...login }: Login): Pool {
  const pool = new Pool({
    ...login,
    max,
    ssl: tls ?? false,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
  });
  // A broken idle connection is replaced at the next use. Without a listener, its error would end the process.
  pool.on('error', () => undefined);
  return pool;
}

/**
 * Runs `work` for one tenant in one transaction, and commits it. The settings that select the tenant's rows are local to the transaction,
 * so they never reach the next user of the connection, with or without a pooler in transaction mode. Throws what `work` throws. Also throws
 * if `work` has swallowed the error of a statement, because then nothing is committed. Inside `work`, use no `set` without `local`, no
 * named prepared statements and no `commit`: they outlive the transaction or leave it.
 */
export async function withTenant<T>(pool: Pool, tenant: Work, work: (client: PoolClient) => Promise<T>): Promise<T> {
  if (!TENANT_ID.test(tenant.tenantId)) throw new Error('Not a tenant id: expected a letter and 15 of [a-z0-9].');
  const client = await pool.connect();
  const ignore = (): void => undefined;
  // A broken connection is reported by its next query. Without a listener, its error would end the process.
  client.on('error', ignore);
  let broken: Error | undefined;
  try {
    await client.query('begin');
    await client.query(`select set_config(name, value, true) from json_each_text($1) as setting (name, value)`, [
      JSON.stringify(settingsOf(tenant)),
    ]);
    const result = await work(client);
    const { command } = await client.query('commit');
    if (command !== 'COMMIT')
      throw new Error(`Nothing was committed for tenant ${tenant.tenantId}: a statement failed.`);
    return result;
  } catch (error) {
    await client.query('rollback').catch((rollbackError: Error) => (broken = rollbackError));
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

function settingsOf({ tenantId, isolation, actor }: Work): Record<string, string> {
  return {
    ...(isolation === 'pooled' ? { 'app.tenant': tenantId, search_path: 'app' } : { search_path: `t_${tenantId}` }),
    ...(actor === undefined ? {} : { 'app.actor': actor }),
  };
}
