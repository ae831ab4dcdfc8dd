import type { Queryable } from '../database';
import { beginningOf, hashSecret, newSecret } from './secrets';

/** A key with which a tenant's application calls the product. Only its hash is stored; 256 random bits need no slow hash. */
export interface ApiKey {
  name: string;
  scopes: string[];
  key: string;
}

/** A new API key. */
export function newApiKey(): string {
  return newSecret('ak');
}

/** Stores keys by their hash, each as the only valid key of its name: every earlier key of that name stops working. */
export async function storeApiKeys(db: Queryable, tenantId: string, keys: ApiKey[]): Promise<void> {
  for (const { name, scopes, key } of keys) {
    await db.query(
      `insert into api_key (tenant_id, name, prefix, hash, scopes) values ($1, $2, $3, $4, $5)
       on conflict (tenant_id, name) where superseded_at is null
       do update set prefix = excluded.prefix, hash = excluded.hash, scopes = excluded.scopes, created_at = now(), expires_at = null,
         last_used_at = null, revoked_at = null`,
      [tenantId, name, beginningOf(key), hashSecret(key), scopes],
    );
    await db.query(
      `update api_key set revoked_at = now()
       where tenant_id = $1 and name = $2 and superseded_at is not null and revoked_at is null`,
      [tenantId, name],
    );
  }
}

/** A tenant's current keys by name, without the key text. */
export async function listApiKeys(db: Queryable, tenantId: string): Promise<Omit<ApiKey, 'key'>[]> {
  const { rows } = await db.query<Omit<ApiKey, 'key'>>(
    `select name, scopes from api_key where tenant_id = $1 and superseded_at is null order by name`,
    [tenantId],
  );
  return rows;
}

/** Deletes every key of a tenant. */
export async function deleteApiKeys(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`delete from api_key where tenant_id = $1`, [tenantId]);
}
