import type { Queryable } from '../database';
import { hashSecret, newSecret } from './secrets';

/** A key with which a tenant's application calls the product. Only its hash is stored; 256 random bits need no slow hash. */
export interface ApiKey {
  name: string;
  prefix: string;
  scopes: string[];
}

/** Everything the registry knows about a key, except the key itself. */
export interface ApiKeyEntry extends ApiKey {
  keyId: string;
  createdAt: Date;
  /** Null: valid until revoked. */
  expiresAt: Date | null;
  /** Accurate to a few seconds; null if never used. */
  lastUsedAt: Date | null;
  /** When another key of the same name took over. */
  supersededAt: Date | null;
  revokedAt: Date | null;
}

const COLUMNS = `key_id as "keyId", name, prefix, scopes, created_at as "createdAt", expires_at as "expiresAt",
  last_used_at as "lastUsedAt", superseded_at as "supersededAt", revoked_at as "revokedAt"`;

/** Number of leading characters of a key that are stored in clear, to recognise it by. */
export const API_KEY_PREFIX_LENGTH = 11;

/** A new API key. */
export function newApiKey(): string {
  return newSecret('ak');
}

/** Stores keys by their hash, each as the only valid key of its name: every earlier key of that name stops working. */
export async function storeApiKeys(db: Queryable, tenantId: string, keys: (ApiKey & { key: string })[]): Promise<void> {
  for (const { name, prefix, scopes, key } of keys) {
    await db.query(
      `insert into api_key (tenant_id, name, prefix, hash, scopes) values ($1, $2, $3, $4, $5)
       on conflict (tenant_id, name) where superseded_at is null
       do update set prefix = excluded.prefix, hash = excluded.hash, scopes = excluded.scopes, created_at = now(), expires_at = null,
         last_used_at = null, revoked_at = null`,
      [tenantId, name, prefix, hashSecret(key), scopes],
    );
    await db.query(
      `update api_key set revoked_at = now()
       where tenant_id = $1 and name = $2 and superseded_at is not null and revoked_at is null`,
      [tenantId, name],
    );
  }
}

/** A tenant's current keys by name, without the key text. */
export async function listApiKeys(db: Queryable, tenantId: string): Promise<ApiKey[]> {
  const { rows } = await db.query<ApiKey>(
    `select name, prefix, scopes from api_key where tenant_id = $1 and superseded_at is null order by name`,
    [tenantId],
  );
  return rows;
}

/** Every key a tenant has ever had, by name and then newest first, without the key text. */
export async function listApiKeyEntries(db: Queryable, tenantId: string): Promise<ApiKeyEntry[]> {
  const { rows } = await db.query<ApiKeyEntry>(
    `select ${COLUMNS} from api_key where tenant_id = $1 order by name, superseded_at desc nulls first, key_id`,
    [tenantId],
  );
  return rows;
}

/** Revokes every key of a tenant. */
export async function revokeAllApiKeys(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`update api_key set revoked_at = now() where tenant_id = $1 and revoked_at is null`, [tenantId]);
}

/** Deletes every key of a tenant. */
export async function deleteApiKeys(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`delete from api_key where tenant_id = $1`, [tenantId]);
}
