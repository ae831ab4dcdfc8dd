import { createHash } from 'node:crypto';
import type { Queryable } from './database';

/** A key a tenant's application calls the product with. Only its hash is kept: 256 random bits need no slow hash. */
export interface ApiKey {
  name: string;
  prefix: string;
  scopes: string[];
}

/** SHA-256 of a key. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Stores keys by their hash, replacing those of the same name. */
export async function storeApiKeys(db: Queryable, tenantId: string, keys: (ApiKey & { key: string })[]): Promise<void> {
  for (const { name, prefix, scopes, key } of keys)
    await db.query(
      `insert into api_key (tenant_id, name, prefix, hash, scopes) values ($1, $2, $3, $4, $5)
       on conflict (tenant_id, name) do update set prefix = excluded.prefix, hash = excluded.hash, scopes = excluded.scopes`,
      [tenantId, name, prefix, hashApiKey(key), scopes],
    );
}

/** A tenant's keys, without the keys. */
export async function listApiKeys(db: Queryable, tenantId: string): Promise<ApiKey[]> {
  const { rows } = await db.query<ApiKey>(
    `select name, prefix, scopes from api_key where tenant_id = $1 order by name`,
    [tenantId],
  );
  return rows;
}

/** Deletes every key of a tenant. */
export async function deleteApiKeys(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`delete from api_key where tenant_id = $1`, [tenantId]);
}
