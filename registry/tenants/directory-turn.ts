import type pg from 'pg';
import { transaction } from '../database';

/**
 * Runs `work` while no other process has the tenant's turn, so that what it counts at the identity provider stays true until it is done. Waits
 * for the turn at most as long as a statement may take, and throws `RegistryUnavailable` then. Occupies the connection that it passes on.
 */
export async function withDirectoryTurn<T>(
  pool: pg.Pool,
  tenantId: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  return transaction(pool, async (client) => {
    // The transaction is idle while the identity provider is asked, which may take longer than transactions usually may.
    await client.query(`set local idle_in_transaction_session_timeout = '60s'`);
    await client.query(`select pg_advisory_xact_lock(hashtextextended('directory:' || $1, 0))`, [tenantId]);
    return work(client);
  });
}
