import { Pool, type PoolClient, type PoolConfig } from 'pg';

/** A tenant as the application knows it; `GET /v1/tenants/{id}` has both, the isolation by the kind of its database resource. */
export interface Tenant {
  tenantId: string;
  isolation: 'pooled' | 'schema' | 'database';
}

/** What the work of a tenant runs as. */
export interface Work extends Tenant {
  /** Whom the application acts for; the audit trail of a tenant's own schema keeps it. */
  actor?: string;
}

/** Where a login of the application leads: the facts of the tenant's database resource, and the password. */
export interface Login {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  /** Connections of this process; keep it below the login's connection limit. */
  max?: number;
  tls?: PoolConfig['ssl'];
}

const TENANT_ID = /^[a-z][a-z0-9]{15}$/;

/**
 * A pool for one login: the one all pooled tenants share, or a tenant's own. Sends nothing at the start of a connection but user and
 * database, because a connection pooler in front refuses the rest or loses it; time-outs and search path belong to the role.
 */
export function tenantPool({ tls, max = 10, ...login }: Login): Pool {
  const pool = new Pool({
    ...login,
    max,
    ssl: tls ?? false,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
  });
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
}

/**
 * Runs `work` for one tenant in one transaction, and commits it. Everything that says whose rows are meant is set inside the transaction and
 * ends with it, so nothing of one tenant stays on a connection that another gets next – with a pooler in transaction mode as without.
 * Throws what `work` throws, and also when `work` has swallowed the error of a statement, since nothing is committed then. Inside `work`
 * use no `set` without `local`, no named prepared statements and no `commit`: they outlive or leave the transaction.
 */
export async function withTenant<T>(pool: Pool, tenant: Work, work: (client: PoolClient) => Promise<T>): Promise<T> {
  if (!TENANT_ID.test(tenant.tenantId)) throw new Error('Not a tenant id: expected a letter and 15 of [a-z0-9].');
  const client = await pool.connect();
  const ignore = (): void => undefined;
  // A connection that breaks is reported by its next query; without a listener it would end the process.
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
