import { createHash, createHmac } from 'node:crypto';
import { maybeOne, type Queryable } from '../database';

/** Days for which a mailed claim link is valid. */
export const CLAIM_DAYS = 14;

/**
 * The token of a tenant's claim link, derived from the tenant's key and what the link was issued for. A retry of the same mail gets the
 * same token, and without the key a token cannot be forged.
 */
export function claimToken(tenantKey: Buffer, issuedFor: string): string {
  return createHmac('sha256', tenantKey).update(`claim:${issuedFor}`).digest('base64url');
}

/** SHA-256 of a claim token; nothing else of it is stored. */
export function hashClaimToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Makes this the tenant's only claim and voids an earlier one with another token. Issuing the same token again changes nothing. */
export async function issueClaim(db: Queryable, tenantId: string, token: string): Promise<void> {
  await db.query(
    `insert into claim (tenant_id, token_hash, expires_at) values ($1, $2, now() + make_interval(days => $3))
     on conflict (tenant_id) do update set token_hash = excluded.token_hash, expires_at = excluded.expires_at,
       claimed_at = null, claim_idempotency_key = null
     where claim.token_hash <> excluded.token_hash`,
    [tenantId, hashClaimToken(token), CLAIM_DAYS],
  );
}

/** Issues a tenant's first claim; does nothing if the tenant already has one. */
export async function issueFirstClaim(db: Queryable, tenantId: string, token: string): Promise<void> {
  await db.query(
    `insert into claim (tenant_id, token_hash, expires_at) values ($1, $2, now() + make_interval(days => $3))
     on conflict (tenant_id) do nothing`,
    [tenantId, hashClaimToken(token), CLAIM_DAYS],
  );
}

/**
 * Makes a link that is about to be mailed valid for {@link CLAIM_DAYS} from now, however long the mail was delayed, and returns when it
 * expires. Undefined if the link is useless because it was used or replaced.
 */
export async function renewClaim(db: Queryable, tenantId: string, token: string): Promise<Date | undefined> {
  const row = await maybeOne<{ expiresAt: Date }>(
    db,
    `update claim set expires_at = now() + make_interval(days => $3)
     where tenant_id = $1 and token_hash = $2 and claimed_at is null returning expires_at as "expiresAt"`,
    [tenantId, hashClaimToken(token), CLAIM_DAYS],
  );
  return row?.expiresAt;
}
