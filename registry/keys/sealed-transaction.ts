import type pg from 'pg';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import { transaction, type Queryable } from '../database';
import { ignoreDestroyedKey, tenantCipher, type TenantCipher } from './tenant-keys';

/**
 * Does work in a transaction that seals texts under the tenant's key; if the key is rotated meanwhile, the work begins again. The work gets
 * no cipher once the key is destroyed. Throws `KeysUnavailable`.
 */
export async function withTenantCipher<T>(
  pool: pg.Pool,
  keys: KeyWrapper,
  tenantId: string,
  work: (client: pg.ClientBase, cipher: TenantCipher | undefined) => Promise<T>,
): Promise<T> {
  for (;;) {
    const cipher = await ignoreDestroyedKey(tenantCipher(pool, keys, tenantId));
    const done = await transaction(pool, async (client) => {
      // Locked before the tenant, as a rotation does it.
      if (cipher && !(await lockGeneration(client, tenantId, cipher.generation))) return undefined;
      return { result: await work(client, cipher) };
    });
    if (done) return done.result;
  }
}

async function lockGeneration(client: Queryable, tenantId: string, generation: number): Promise<boolean> {
  const { rowCount } = await client.query(`select from tenant_key where tenant_id = $1 and generation = $2 for share`, [
    tenantId,
    generation,
  ]);
  return rowCount === 1;
}
