import type pg from 'pg';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction, violatedConstraint, type Queryable } from '../database';
import { SCIM_TOKEN_PREFIX_LENGTH } from './scim-tokens';
import { hashSecret, newSecret } from './secrets';

/** A token for a customer's directory. */
export interface ScimTokenCreation {
  tenantId: string;
  name: string;
  actor: string;
  /** Days until it expires; without a value it never does. */
  expiresInDays?: number | undefined;
}

interface NewToken {
  tokenId: string;
  token: string;
  expiresAt: Date | null;
}

/** Creates a token under a name that no valid token has. A revoked or expired token gives up its name. */
export async function createScimToken(
  pool: pg.Pool,
  creation: ScimTokenCreation,
): Promise<({ outcome: 'created' } & NewToken) | { outcome: 'name-in-use' }> {
  const { tenantId, name, actor } = creation;
  try {
    return await transaction(pool, async (client) => {
      const current = await lockCurrent(client, tenantId, name);
      if (current && !current.ended) return { outcome: 'name-in-use' };
      await client.query(`update scim_token set superseded_at = now() where token_id = $1`, [current?.tokenId ?? null]);
      const made = await insertToken(client, creation);
      await appendAudit(client, {
        tenantId,
        actor,
        action: 'scim-token.created',
        detail: { name, tokenId: made.tokenId },
      });
      return { outcome: 'created', ...made };
    });
  } catch (error) {
    if (violatedConstraint(error) !== 'scim_token_current') throw error;
    // A concurrent request has taken the name.
    return { outcome: 'name-in-use' };
  }
}

/** Replacement of a token by a new one of the same name. */
export interface ScimTokenRotation extends ScimTokenCreation {
  /** Seconds for which the previous token stays valid. */
  overlapSeconds: number;
}

/**
 * Creates a new token with the name of the previous one, which stays valid for the overlap but never beyond its own expiry. Refused for a
 * revoked token, because it was ended for a reason: create a new one instead.
 */
export async function rotateScimToken(
  pool: pg.Pool,
  rotation: ScimTokenRotation,
): Promise<
  ({ outcome: 'rotated'; previousUntil: Date } & NewToken) | { outcome: 'no-such-token' } | { outcome: 'revoked' }
> {
  const { tenantId, name, actor, overlapSeconds } = rotation;
  return transaction(pool, async (client) => {
    const current = await lockCurrent(client, tenantId, name);
    if (!current) return { outcome: 'no-such-token' };
    if (current.revoked) return { outcome: 'revoked' };
    const before = (await maybeOne<{ until: Date }>(
      client,
      `update scim_token set superseded_at = now(), expires_at = least(expires_at, now() + make_interval(secs => $2))
       where token_id = $1 returning expires_at as until`,
      [current.tokenId, overlapSeconds],
    ))!;
    const made = await insertToken(client, rotation);
    await appendAudit(client, {
      tenantId,
      actor,
      action: 'scim-token.rotated',
      detail: { name, tokenId: made.tokenId, overlapSeconds },
    });
    return { outcome: 'rotated', ...made, previousUntil: before.until };
  });
}

/** Which tokens to revoke. */
export interface ScimTokenRevocation {
  tenantId: string;
  name: string;
  actor: string;
  /** Revokes only the token with this prefix; without it, every token of the name. */
  prefix?: string | undefined;
}

/** Revokes tokens immediately, with an audit entry. Returns how many; undefined if the tenant has none of that name and prefix. */
export async function revokeScimTokens(pool: pg.Pool, revocation: ScimTokenRevocation): Promise<number | undefined> {
  const { tenantId, name, actor, prefix } = revocation;
  return transaction(pool, async (client) => {
    const { rows } = await client.query<{ tokenId: string; revokedBefore: boolean }>(
      `select token_id as "tokenId", revoked_at is not null as "revokedBefore" from scim_token
       where tenant_id = $1 and name = $2 and ($3::text is null or prefix = $3) for update`,
      [tenantId, name, prefix ?? null],
    );
    if (rows.length === 0) return undefined;
    const ended = rows.filter(({ revokedBefore }) => !revokedBefore).map(({ tokenId }) => tokenId);
    if (ended.length === 0) return 0;
    await client.query(`update scim_token set revoked_at = now() where token_id = any($1)`, [ended]);
    await appendAudit(client, { tenantId, actor, action: 'scim-token.revoked', detail: { name, tokenIds: ended } });
    return ended.length;
  });
}

async function lockCurrent(client: Queryable, tenantId: string, name: string) {
  return maybeOne<{ tokenId: string; revoked: boolean; ended: boolean }>(
    client,
    `select token_id as "tokenId", revoked_at is not null as revoked,
       revoked_at is not null or coalesce(expires_at <= now(), false) as ended
     from scim_token where tenant_id = $1 and name = $2 and superseded_at is null for update`,
    [tenantId, name],
  );
}

async function insertToken(
  client: Queryable,
  { tenantId, name, expiresInDays }: Omit<ScimTokenCreation, 'actor'>,
): Promise<NewToken> {
  const token = newSecret('scim');
  const made = (await maybeOne<Omit<NewToken, 'token'>>(
    client,
    `insert into scim_token (tenant_id, name, prefix, hash, expires_at)
     values ($1, $2, $3, $4, now() + make_interval(days => $5))
     returning token_id as "tokenId", expires_at as "expiresAt"`,
    [tenantId, name, token.slice(0, SCIM_TOKEN_PREFIX_LENGTH), hashSecret(token), expiresInDays ?? null],
  ))!;
  return { token, ...made };
}
