import type pg from 'pg';
import { API_KEY_PREFIX_LENGTH, newApiKey } from './api-keys';
import { hashSecret } from './secrets';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction, violatedConstraint, type Queryable } from '../database';

/** Replacement of an API key by a new one of the same name. */
export interface ApiKeyRotation {
  tenantId: string;
  name: string;
  actor: string;
  /** Seconds for which the previous key stays valid. */
  overlapSeconds: number;
  /** Days until the new key expires; without a value it never does. */
  expiresInDays?: number | undefined;
}

/** Result of an {@link ApiKeyRotation}. */
export type ApiKeyRotationOutcome =
  | ({ outcome: 'rotated'; previousUntil: Date } & NewKey)
  | { outcome: 'no-such-key' }
  | { outcome: 'not-claimed' }
  | { outcome: 'revoked' };

/**
 * Creates a new key with the name and scopes of the previous one, which stays valid for the overlap but never beyond its own expiry.
 * Refused while the first credentials are unclaimed, because the claim would hand out the old key. Refused for a revoked key, because it
 * was ended for a reason: create a new key instead.
 */
export async function rotateApiKey(pool: pg.Pool, rotation: ApiKeyRotation): Promise<ApiKeyRotationOutcome> {
  const { tenantId, name, actor, overlapSeconds, expiresInDays } = rotation;
  return transaction(pool, async (client) => {
    const waiting = await maybeOne(client, `select from claim where tenant_id = $1 and claimed_at is null for share`, [
      tenantId,
    ]);
    if (waiting) return { outcome: 'not-claimed' };
    const current = await lockCurrent(client, tenantId, name);
    if (!current) return { outcome: 'no-such-key' };
    if (current.revoked) return { outcome: 'revoked' };
    const before = (await maybeOne<{ until: Date }>(
      client,
      `update api_key set superseded_at = now(), expires_at = least(expires_at, now() + make_interval(secs => $2))
       where key_id = $1 returning expires_at as until`,
      [current.keyId, overlapSeconds],
    ))!;
    const made = await insertKey(client, { tenantId, name, scopes: current.scopes, expiresInDays });
    await appendAudit(client, {
      tenantId,
      actor,
      action: 'api-key.rotated',
      detail: { name, keyId: made.keyId, overlapSeconds },
    });
    return { outcome: 'rotated', ...made, previousUntil: before.until };
  });
}

/** An additional API key for a tenant. */
export interface ApiKeyCreation {
  tenantId: string;
  name: string;
  scopes: string[];
  actor: string;
  /** Days until it expires; without a value it never does. */
  expiresInDays?: number | undefined;
}

/** Result of an {@link ApiKeyCreation}. */
export type ApiKeyCreationOutcome = ({ outcome: 'created' } & NewKey) | { outcome: 'name-in-use' };

/** Creates a key under a name that no valid key has. A revoked or expired key gives up its name. */
export async function createApiKey(pool: pg.Pool, creation: ApiKeyCreation): Promise<ApiKeyCreationOutcome> {
  const { tenantId, name, actor, scopes } = creation;
  try {
    return await transaction(pool, async (client) => {
      const current = await lockCurrent(client, tenantId, name);
      if (current && !current.revoked && !current.expired) return { outcome: 'name-in-use' };
      await client.query(`update api_key set superseded_at = now() where key_id = $1`, [current?.keyId ?? null]);
      const made = await insertKey(client, creation);
      await appendAudit(client, {
        tenantId,
        actor,
        action: 'api-key.created',
        detail: { name, keyId: made.keyId, scopes },
      });
      return { outcome: 'created', ...made };
    });
  } catch (error) {
    if (violatedConstraint(error) !== 'api_key_current') throw error;
    // A concurrent request has taken the name.
    return { outcome: 'name-in-use' };
  }
}

interface CurrentKey {
  keyId: string;
  scopes: string[];
  revoked: boolean;
  expired: boolean;
}

async function lockCurrent(client: Queryable, tenantId: string, name: string): Promise<CurrentKey | undefined> {
  return maybeOne<CurrentKey>(
    client,
    `select key_id as "keyId", scopes, revoked_at is not null as revoked, coalesce(expires_at <= now(), false) as expired
     from api_key where tenant_id = $1 and name = $2 and superseded_at is null for update`,
    [tenantId, name],
  );
}

interface NewKey {
  keyId: string;
  key: string;
  expiresAt: Date | null;
}

async function insertKey(
  client: Queryable,
  { tenantId, name, scopes, expiresInDays }: Omit<ApiKeyCreation, 'actor'>,
): Promise<NewKey> {
  const key = newApiKey();
  const made = (await maybeOne<Omit<NewKey, 'key'>>(
    client,
    `insert into api_key (tenant_id, name, prefix, hash, scopes, expires_at)
     values ($1, $2, $3, $4, $5, now() + make_interval(days => $6))
     returning key_id as "keyId", expires_at as "expiresAt"`,
    [tenantId, name, key.slice(0, API_KEY_PREFIX_LENGTH), hashSecret(key), scopes, expiresInDays ?? null],
  ))!;
  return { key, ...made };
}

/** Which keys to revoke. */
export interface ApiKeyRevocation {
  tenantId: string;
  name: string;
  actor: string;
  /** Revokes only the key with this prefix; without it, every key of the name. */
  prefix?: string | undefined;
}

/** Revokes keys immediately, with an audit entry. Returns how many; undefined if the tenant has none of that name and prefix. */
export async function revokeApiKeys(pool: pg.Pool, revocation: ApiKeyRevocation): Promise<number | undefined> {
  const { tenantId, name, actor, prefix } = revocation;
  return transaction(pool, async (client) => {
    const { rows } = await client.query<{ keyId: string; revokedBefore: boolean }>(
      `select key_id as "keyId", revoked_at is not null as "revokedBefore" from api_key
       where tenant_id = $1 and name = $2 and ($3::text is null or prefix = $3) for update`,
      [tenantId, name, prefix ?? null],
    );
    if (rows.length === 0) return undefined;
    const ended = rows.filter(({ revokedBefore }) => !revokedBefore).map(({ keyId }) => keyId);
    if (ended.length === 0) return 0;
    await client.query(`update api_key set revoked_at = now() where key_id = any($1)`, [ended]);
    await appendAudit(client, { tenantId, actor, action: 'api-key.revoked', detail: { name, keyIds: ended } });
    return ended.length;
  });
}
