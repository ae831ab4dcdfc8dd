import { createHash, randomBytes } from 'node:crypto';
import type { Queryable } from './database';

/** A key a tenant's application calls the product with. Only its hash is kept: 256 random bits need no slow hash. */
export interface ApiKey {
  name: string;
  prefix: string;
  scopes: string[];
}

/** Everything the registry tells of a key. */
export interface ApiKeyEntry extends ApiKey {
  keyId: string;
  createdAt: Date;
  /** Until when it is good; null: as long as it is not revoked. */
  expiresAt: Date | null;
  /** To some seconds; null when it was never used. */
  lastUsedAt: Date | null;
  /** Since when another key of the name has taken over. */
  supersededAt: Date | null;
  revokedAt: Date | null;
}

const COLUMNS = `key_id as "keyId", name, prefix, scopes, created_at as "createdAt", expires_at as "expiresAt",
  last_used_at as "lastUsedAt", superseded_at as "supersededAt", revoked_at as "revokedAt"`;

/** How much of a key is kept in clear, to recognise it by. */
export const API_KEY_PREFIX_LENGTH = 11;

const API_KEY = /^ak_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$/;

/** A new API key: `ak_`, 8 characters to recognise it by, and 256 random bits. */
export function newApiKey(): string {
  return `ak_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;
}

/** Whether a text has the form of a key. */
export function looksLikeApiKey(text: string): boolean {
  return API_KEY.test(text);
}

/** SHA-256 of a key. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Stores keys by their hash, each as its name's only one: what else has the name is good for nothing from now on. */
export async function storeApiKeys(db: Queryable, tenantId: string, keys: (ApiKey & { key: string })[]): Promise<void> {
  for (const { name, prefix, scopes, key } of keys) {
    await db.query(
      `insert into api_key (tenant_id, name, prefix, hash, scopes) values ($1, $2, $3, $4, $5)
       on conflict (tenant_id, name) where superseded_at is null
       do update set prefix = excluded.prefix, hash = excluded.hash, scopes = excluded.scopes, created_at = now(), expires_at = null,
         last_used_at = null, revoked_at = null`,
      [tenantId, name, prefix, hashApiKey(key), scopes],
    );
    await db.query(
      `update api_key set revoked_at = now()
       where tenant_id = $1 and name = $2 and superseded_at is not null and revoked_at is null`,
      [tenantId, name],
    );
  }
}

/** A tenant's current keys, without the keys. */
export async function listApiKeys(db: Queryable, tenantId: string): Promise<ApiKey[]> {
  const { rows } = await db.query<ApiKey>(
    `select name, prefix, scopes from api_key where tenant_id = $1 and superseded_at is null order by name`,
    [tenantId],
  );
  return rows;
}

/** Every key a tenant has had, by name and then newest first, without the keys. */
export async function listApiKeyEntries(db: Queryable, tenantId: string): Promise<ApiKeyEntry[]> {
  const { rows } = await db.query<ApiKeyEntry>(
    `select ${COLUMNS} from api_key where tenant_id = $1 order by name, superseded_at desc nulls first, key_id`,
    [tenantId],
  );
  return rows;
}

/** Ends every key of a tenant. */
export async function revokeAllApiKeys(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`update api_key set revoked_at = now() where tenant_id = $1 and revoked_at is null`, [tenantId]);
}

/** Deletes every key of a tenant. */
export async function deleteApiKeys(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`delete from api_key where tenant_id = $1`, [tenantId]);
}
