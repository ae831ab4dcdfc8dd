import { createHash, createHmac } from 'node:crypto';
import type { Queryable } from './database';

/** How long a mailed link is good for. */
export const CLAIM_DAYS = 14;

/**
 * The token of a tenant's claim link, from the tenant's key and what the link was issued for: issuing the same one again – a retry of the
 * mail – gives the same token, and nobody without the key can make one.
 */
export function claimToken(tenantKey: Buffer, issuedFor: string): string {
  return createHmac('sha256', tenantKey).update(`claim:${issuedFor}`).digest('base64url');
}

/** SHA-256 of a claim token: what is stored of it. */
export function hashClaimToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Makes this the tenant's only claim; an earlier one with another token is void from now on. Issuing the same token again changes nothing. */
export async function issueClaim(db: Queryable, tenantId: string, token: string): Promise<Date> {
  const { rows } = await db.query<{ expires_at: Date }>(
    `insert into claim (tenant_id, token_hash, expires_at) values ($1, $2, now() + make_interval(days => $3))
     on conflict (tenant_id) do update set
       token_hash = excluded.token_hash,
       expires_at = case when claim.token_hash = excluded.token_hash then claim.expires_at else excluded.expires_at end,
       claimed_at = case when claim.token_hash = excluded.token_hash then claim.claimed_at end,
       claim_idempotency_key = case when claim.token_hash = excluded.token_hash then claim.claim_idempotency_key end
     returning expires_at`,
    [tenantId, hashClaimToken(token), CLAIM_DAYS],
  );
  return rows[0]!.expires_at;
}
