import { timingSafeEqual } from 'node:crypto';
import { API_KEY_PREFIX_LENGTH, hashApiKey, looksLikeApiKey } from './api-keys';
import type { Queryable } from './database';

/** Whose a key is and what it may. */
export interface VerifiedApiKey {
  keyId: string;
  tenantId: string;
  name: string;
  scopes: string[];
  expiresAt: Date | null;
}

const NOBODYS: Candidate = {
  keyId: '',
  tenantId: '',
  name: '',
  scopes: [],
  expiresAt: null,
  hash: Buffer.alloc(32),
  good: false,
};

type Candidate = VerifiedApiKey & { hash: Buffer; good: boolean };

/**
 * What a key stands for; undefined when it is unknown, wrong, expired or revoked, or its tenant is not active. One statement on an index, and a
 * comparison whose time does not depend on what is compared, also where there is nothing to compare with.
 */
export async function verifyApiKey(db: Queryable, key: string): Promise<VerifiedApiKey | undefined> {
  if (!looksLikeApiKey(key)) return undefined;
  const { rows } = await db.query<Candidate>(
    `select api_key.key_id as "keyId", api_key.tenant_id as "tenantId", api_key.name, api_key.scopes,
       api_key.expires_at as "expiresAt", api_key.hash,
       api_key.revoked_at is null and (api_key.expires_at is null or api_key.expires_at > now()) and operation.status = 'active' as good
     from api_key join operation on operation.tenant_id = api_key.tenant_id and operation.kind = 'provision'
     where api_key.prefix = $1`,
    [key.slice(0, API_KEY_PREFIX_LENGTH)],
  );
  const hash = hashApiKey(key);
  // A prefix is 32 random bits: among very many keys two may share one.
  const [match] = (rows.length === 0 ? [NOBODYS] : rows).filter((row) => timingSafeEqual(row.hash, hash));
  if (!match?.good) return undefined;
  const { keyId, tenantId, name, scopes, expiresAt } = match;
  return { keyId, tenantId, name, scopes, expiresAt };
}

/** Notes when keys were last used; an older time never replaces a newer one. */
export async function noteApiKeyUse(db: Queryable, used: ReadonlyMap<string, Date>): Promise<void> {
  await db.query(
    `update api_key set last_used_at = used.at from unnest($1::uuid[], $2::timestamptz[]) as used (key_id, at)
     where api_key.key_id = used.key_id and (api_key.last_used_at is null or api_key.last_used_at < used.at)`,
    [[...used.keys()], [...used.values()]],
  );
}
