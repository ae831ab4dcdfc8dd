import { timingSafeEqual } from 'node:crypto';
import type { Access } from '../../contract/tenants/access';
import type { TenantState } from '../../contract/tenants/states';
import type { DirectoryTemplate } from '../../templates/template';
import type { Queryable } from '../database';
import { beginningOf, hashSecret, looksLikeSecret } from './secrets';

/** The tenant that a current token belongs to. */
export interface ScimTenant {
  keyId: string;
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
    `select scim_token.key_id as "keyId", scim_token.name, scim_token.hash,
       coalesce(scim_token.last_used_at < now() - interval '1 minute', true) as "useIsDue",
       tenant.state, tenant.access, tenant.template -> 'identity' -> 'directory' as directory
     from scim_token join tenant using (tenant_id)
     where scim_token.prefix = $1 and scim_token.tenant_id = $2 and scim_token.revoked_at is null
       and (scim_token.expires_at is null or scim_token.expires_at > now())`,
    [beginningOf(token), tenantId],
  );
  const hash = hashSecret(token);
  const match = rows.find((row) => timingSafeEqual(row.hash, hash));
  if (!match) return undefined;
  const { hash: _, ...tenant } = match;
  return tenant;
}

/** Records that a token was used now. */
export async function noteScimTokenUse(db: Queryable, keyId: string): Promise<void> {
  await db.query(
    `update scim_token set last_used_at = now() where key_id = $1 and coalesce(last_used_at < now(), true)`,
    [keyId],
  );
}
