import type pg from 'pg';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction, violatedConstraint, type Queryable } from '../database';
import { beginningOf, hashSecret, newSecret, type SecretKind } from './secrets';

/**
 * Secrets that a tenant has several of, each under a name: one is current, earlier ones of its name stay valid for an overlap. Their tables have
 * the same columns.
 */
export interface NamedSecretKind {
  table: 'api_key' | 'scim_token' | 'sso_link';
  prefix: SecretKind;
  /** What the audit trail's actions begin with. */
  noun: 'api-key' | 'scim-token' | 'sso-link';
  /** Whether the first ones are handed out by a claim; until then none is rotated, because the claim would hand out the old one. */
  claimed: boolean;
}

/** Keys with which a tenant's application calls the product. */
export const API_KEYS: NamedSecretKind = { table: 'api_key', prefix: 'ak', noun: 'api-key', claimed: true };

/** Tokens with which a customer's directory provisions people. */
export const SCIM_TOKENS: NamedSecretKind = {
  table: 'scim_token',
  prefix: 'scim',
  noun: 'scim-token',
  claimed: false,
};

/** Links with which a customer's administrator connects the company's sign-in. Their scopes are groups of the plan. */
export const SSO_LINKS: NamedSecretKind = { table: 'sso_link', prefix: 'ssol', noun: 'sso-link', claimed: false };

/** Everything the registry knows about a named secret, except the secret itself. */
export interface NamedSecret {
  name: string;
  prefix: string;
  scopes: string[];
  createdAt: Date;
  /** Null: valid until revoked. */
  expiresAt: Date | null;
  /** Accurate to a minute; null if never used. */
  lastUsedAt: Date | null;
  /** When another one of the same name took over. */
  supersededAt: Date | null;
  revokedAt: Date | null;
}

/** Every secret of a kind that a tenant has ever had, by name and then newest first, without the secrets. */
export async function listNamedSecrets(
  db: Queryable,
  { table }: NamedSecretKind,
  tenantId: string,
): Promise<NamedSecret[]> {
  const { rows } = await db.query<NamedSecret>(
    `select name, prefix, scopes, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt",
       superseded_at as "supersededAt", revoked_at as "revokedAt"
     from ${table} where tenant_id = $1 order by name, superseded_at desc nulls first, key_id`,
    [tenantId],
  );
  return rows;
}

/** An additional secret of a tenant. */
export interface Creation {
  tenantId: string;
  name: string;
  actor: string;
  /** None by default. */
  scopes?: string[] | undefined;
  /** Days until it expires; without a value it never does. */
  expiresInDays?: number | undefined;
}

interface Made {
  secret: string;
  expiresAt: Date | null;
}

/** Creates a secret under a name that no valid one has. A revoked or expired one gives up its name. */
export async function createNamedSecret(
  pool: pg.Pool,
  kind: NamedSecretKind,
  creation: Creation,
): Promise<({ outcome: 'created' } & Made) | { outcome: 'name-in-use' }> {
  const { tenantId, name, actor, scopes = [] } = creation;
  try {
    return await transaction(pool, async (client) => {
      const current = await lockCurrent(client, kind, tenantId, name);
      if (current && !current.revoked && !current.expired) return { outcome: 'name-in-use' };
      await client.query(`update ${kind.table} set superseded_at = now() where key_id = $1`, [current?.keyId ?? null]);
      const { keyId, ...made } = await insert(client, kind, { ...creation, scopes });
      const detail = kind === API_KEYS ? { name, keyId, scopes } : { name, keyId };
      await appendAudit(client, { tenantId, actor, action: `${kind.noun}.created`, detail });
      return { outcome: 'created', ...made };
    });
  } catch (error) {
    if (violatedConstraint(error) !== `${kind.table}_current`) throw error;
    // A concurrent request has taken the name.
    return { outcome: 'name-in-use' };
  }
}

/** Replacement of a secret by a new one of the same name. */
export interface Rotation extends Omit<Creation, 'scopes'> {
  /** Seconds for which the previous one stays valid. */
  overlapSeconds: number;
}

/**
 * Creates a new secret with the name and scopes of the previous one, which stays valid for the overlap but never beyond its own expiry.
 * Refused for a revoked one, because it was ended for a reason: create a new one instead.
 */
export async function rotateNamedSecret(
  pool: pg.Pool,
  kind: NamedSecretKind,
  { tenantId, name, actor, overlapSeconds, expiresInDays }: Rotation,
): Promise<
  | ({ outcome: 'rotated'; previousUntil: Date } & Made)
  | { outcome: 'unknown' }
  | { outcome: 'not-claimed' }
  | { outcome: 'revoked' }
> {
  return transaction(pool, async (client) => {
    if (kind.claimed && (await claimWaits(client, tenantId))) return { outcome: 'not-claimed' };
    const current = await lockCurrent(client, kind, tenantId, name);
    if (!current) return { outcome: 'unknown' };
    if (current.revoked) return { outcome: 'revoked' };
    const before = (await maybeOne<{ until: Date }>(
      client,
      `update ${kind.table} set superseded_at = now(), expires_at = least(expires_at, now() + make_interval(secs => $2))
       where key_id = $1 returning expires_at as until`,
      [current.keyId, overlapSeconds],
    ))!;
    const { keyId, ...made } = await insert(client, kind, { tenantId, name, scopes: current.scopes, expiresInDays });
    await appendAudit(client, {
      tenantId,
      actor,
      action: `${kind.noun}.rotated`,
      detail: { name, keyId, overlapSeconds },
    });
    return { outcome: 'rotated', ...made, previousUntil: before.until };
  });
}

/** Which secrets to revoke. */
export interface Revocation {
  tenantId: string;
  name: string;
  actor: string;
  /** Revokes only the one with this beginning; without it, every one of the name. */
  prefix?: string | undefined;
}

/** Revokes secrets immediately, with an audit entry. Returns how many; undefined if the tenant has none of that name and beginning. */
export async function revokeNamedSecrets(
  pool: pg.Pool,
  { table, noun }: NamedSecretKind,
  { tenantId, name, actor, prefix }: Revocation,
): Promise<number | undefined> {
  return transaction(pool, async (client) => {
    const { rows } = await client.query<{ keyId: string; revokedBefore: boolean }>(
      `select key_id as "keyId", revoked_at is not null as "revokedBefore" from ${table}
       where tenant_id = $1 and name = $2 and ($3::text is null or prefix = $3) for update`,
      [tenantId, name, prefix ?? null],
    );
    if (rows.length === 0) return undefined;
    const ended = rows.filter(({ revokedBefore }) => !revokedBefore).map(({ keyId }) => keyId);
    if (ended.length === 0) return 0;
    await client.query(`update ${table} set revoked_at = now() where key_id = any($1)`, [ended]);
    await appendAudit(client, { tenantId, actor, action: `${noun}.revoked`, detail: { name, keyIds: ended } });
    return ended.length;
  });
}

/** Revokes every API key, every directory token and every link of a tenant. */
export async function revokeAllNamedSecrets(db: Queryable, tenantId: string): Promise<void> {
  for (const { table } of [API_KEYS, SCIM_TOKENS, SSO_LINKS])
    await db.query(`update ${table} set revoked_at = now() where tenant_id = $1 and revoked_at is null`, [tenantId]);
}

async function claimWaits(client: Queryable, tenantId: string): Promise<boolean> {
  const waiting = await maybeOne(client, `select from claim where tenant_id = $1 and claimed_at is null for share`, [
    tenantId,
  ]);
  return waiting !== undefined;
}

async function lockCurrent(client: Queryable, { table }: NamedSecretKind, tenantId: string, name: string) {
  return maybeOne<{ keyId: string; scopes: string[]; revoked: boolean; expired: boolean }>(
    client,
    `select key_id as "keyId", scopes, revoked_at is not null as revoked, coalesce(expires_at <= now(), false) as expired
     from ${table} where tenant_id = $1 and name = $2 and superseded_at is null for update`,
    [tenantId, name],
  );
}

async function insert(
  client: Queryable,
  { table, prefix }: NamedSecretKind,
  { tenantId, name, scopes, expiresInDays }: Omit<Creation, 'actor'>,
): Promise<Made & { keyId: string }> {
  const secret = newSecret(prefix);
  const made = (await maybeOne<{ keyId: string; expiresAt: Date | null }>(
    client,
    `insert into ${table} (tenant_id, name, prefix, hash, scopes, expires_at)
     values ($1, $2, $3, $4, $5, now() + make_interval(days => $6))
     returning key_id as "keyId", expires_at as "expiresAt"`,
    [tenantId, name, beginningOf(secret), hashSecret(secret), scopes, expiresInDays ?? null],
  ))!;
  return { secret, ...made };
}
