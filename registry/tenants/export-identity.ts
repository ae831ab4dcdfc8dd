import { timingSafeEqual } from 'node:crypto';
import type pg from 'pg';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import { appendAudit } from '../audit/trail';
import { claimToken, hashClaimToken } from '../credentials/claim-tokens';
import { REPEAT_MINUTES, type ClaimAttempt } from '../credentials/claims';
import { maybeOne, transaction, type Queryable } from '../database';

/** The secret key of an export's own identity; undefined if the customer named a key, or it was forgotten. */
export async function readIdentity(db: Queryable, keys: KeyWrapper, operationId: string): Promise<Buffer | undefined> {
  const row = await maybeOne<{ tenantId: string; wrapped: Buffer; keyId: string }>(
    db,
    `select tenant_id as "tenantId", wrapped_identity as wrapped, wrapping_key_id as "keyId" from tenant_export
     where operation_id = $1 and wrapped_identity is not null`,
    [operationId],
  );
  return row && keys.unwrap(row.tenantId, { provider: 'local', keyId: row.keyId, region: null, wrapped: row.wrapped });
}

/**
 * The token of the link that hands out an export's identity; the same on every call, and not changed by a rotation of the tenant's key.
 * Undefined if the export has no identity of its own, or it was handed out and forgotten.
 */
export async function exportToken(db: Queryable, keys: KeyWrapper, operationId: string): Promise<string | undefined> {
  const identity = await readIdentity(db, keys, operationId);
  return identity && claimToken(identity, `export:${operationId}`);
}

interface IdentityRow {
  operationId: string;
  tokenHash: Buffer;
  wrapped: Buffer;
  keyId: string;
  recipient: string;
  usable: boolean;
}

/**
 * Hands out the secret key of a tenant's export, once. Every refusal – no export, wrong or used token – is undefined, so that the caller
 * cannot tell which it was. The same idempotency key may repeat the claim for {@link REPEAT_MINUTES}; after that the key is forgotten.
 */
export async function takeExportIdentity(
  pool: pg.Pool,
  keys: KeyWrapper,
  { tenantId, token, idempotencyKey }: ClaimAttempt,
): Promise<{ identity: Buffer; recipient: string } | undefined> {
  return transaction(pool, async (client) => {
    const row = await maybeOne<IdentityRow>(
      client,
      `select operation_id as "operationId", token_hash as "tokenHash", wrapped_identity as wrapped, wrapping_key_id as "keyId", recipient,
         (claimed_at is null or (claim_idempotency_key = $2 and claimed_at > now() - make_interval(mins => $3))) is true as usable
       from tenant_export where tenant_id = $1 and state = 'ready' and token_hash is not null and wrapped_identity is not null
       order by begun_at desc limit 1 for update`,
      [tenantId, idempotencyKey ?? null, REPEAT_MINUTES],
    );
    // Also compares without an export, so that timing does not reveal whether there is one.
    const matches = timingSafeEqual(row?.tokenHash ?? Buffer.alloc(32), hashClaimToken(token));
    if (!row || !matches || !row.usable) return undefined;
    const { operationId, recipient, wrapped, keyId } = row;
    const identity = await keys.unwrap(tenantId, { provider: 'local', keyId, region: null, wrapped });
    if (!identity) throw new Error(`The key of the export of operation ${operationId} cannot be unwrapped.`);
    const { rowCount } = await client.query(
      `update tenant_export set claimed_at = now(), claim_idempotency_key = $2 where operation_id = $1 and claimed_at is null`,
      [operationId, idempotencyKey ?? null],
    );
    if (rowCount === 1)
      await appendAudit(client, {
        tenantId,
        operationId,
        actor: 'export-link',
        action: 'export.key-claimed',
        detail: {},
      });
    return { identity, recipient };
  });
}

/** Forgets the identities that were handed out and can no longer be claimed again. Returns their number. */
export async function forgetClaimedIdentities(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(
    `update tenant_export set wrapped_identity = null, wrapping_key_id = null
     where wrapped_identity is not null and claimed_at < now() - make_interval(mins => $1)`,
    [REPEAT_MINUTES],
  );
  return rowCount ?? 0;
}
