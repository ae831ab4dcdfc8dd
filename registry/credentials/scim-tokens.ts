import { timingSafeEqual } from 'node:crypto';
import type { Access } from '../../contract/tenants/access';
import type { TenantState } from '../../contract/tenants/states';
import type { DirectoryTemplate } from '../../templates/template';
import type { Queryable } from '../database';
import { hashSecret, looksLikeSecret } from './secrets';

/** Everything the registry knows about a token of a customer's directory, except the token itself. */
export interface ScimTokenEntry {
  name: string;
  prefix: string;
  createdAt: Date;
  /** Null: valid until revoked. */
  expiresAt: Date | null;
  /** Accurate to a minute; null if never used. */
  lastUsedAt: Date | null;
  /** When another token of the same name took over. */
  supersededAt: Date | null;
  revokedAt: Date | null;
}

/** Number of leading characters of a token that are stored in clear, to recognise it by. */
export const SCIM_TOKEN_PREFIX_LENGTH = 13;

/** Every token a tenant has ever had, by name and then newest first, without the tokens. */
export async function listScimTokens(db: Queryable, tenantId: string): Promise<ScimTokenEntry[]> {
  const { rows } = await db.query<ScimTokenEntry>(
    `select name, prefix, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt",
       superseded_at as "supersededAt", revoked_at as "revokedAt"
     from scim_token where tenant_id = $1 order by name, superseded_at desc nulls first, token_id`,
    [tenantId],
  );
  return rows;
}

/** The tenant that a current token belongs to. */
export interface ScimTenant {
  tokenId: string;
  name: string;
  state: TenantState;
  access: Access;
  /** What the tenant's plan allows; null if it has no directory. */
  directory: DirectoryTemplate | null;
  /** Whether {@link noteScimTokenUse} is due. */
  useIsDue: boolean;
}

/**
 * The tenant, if the token is one of its current ones; undefined for a token that is unknown, expired, revoked or another tenant's. Costs one
 * indexed statement. The comparison takes constant time.
 */
export async function findScimTenant(db: Queryable, tenantId: string, token: string): Promise<ScimTenant | undefined> {
  if (!looksLikeSecret('scim', token)) return undefined;
  const { rows } = await db.query<ScimTenant & { hash: Buffer }>(
    `select scim_token.token_id as "tokenId", scim_token.name, scim_token.hash,
       coalesce(scim_token.last_used_at < now() - interval '1 minute', true) as "useIsDue",
       tenant.state, tenant.access, tenant.template -> 'identity' -> 'directory' as directory
     from scim_token join tenant using (tenant_id)
     where scim_token.prefix = $1 and scim_token.tenant_id = $2 and scim_token.revoked_at is null
       and (scim_token.expires_at is null or scim_token.expires_at > now())`,
    [token.slice(0, SCIM_TOKEN_PREFIX_LENGTH), tenantId],
  );
  const hash = hashSecret(token);
  const match = rows.find((row) => timingSafeEqual(row.hash, hash));
  if (!match) return undefined;
  const { hash: _, ...tenant } = match;
  return tenant;
}

/** Records that a token was used now. */
export async function noteScimTokenUse(db: Queryable, tokenId: string): Promise<void> {
  await db.query(
    `update scim_token set last_used_at = now() where token_id = $1 and coalesce(last_used_at < now(), true)`,
    [tokenId],
  );
}

/** Revokes every token of a tenant. */
export async function revokeAllScimTokens(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`update scim_token set revoked_at = now() where tenant_id = $1 and revoked_at is null`, [tenantId]);
}
