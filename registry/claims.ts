import { timingSafeEqual } from 'node:crypto';
import type pg from 'pg';
import type { KeyWrapper } from '../contract/key-wrapping';
import { listApiKeys } from './api-keys';
import { appendAudit } from './audit';
import { hashClaimToken } from './claim-tokens';
import { maybeOne, transaction, type Queryable } from './database';
import { listResources } from './ledger';
import { adminAccessUrlOf } from './result-views';
import { readSecret } from './secrets';

/** Minutes in which the same idempotency key gets the same answer again, for a client whose answer was lost. */
export const REPEAT_MINUTES = 10;

/** Kinds whose secrets only wait to be handed over. */
const HANDED_OVER = ['idp-admin-user', 'api-keys'];

/** The credentials of a tenant's first admin. */
export interface ClaimedCredentials {
  adminAccessUrl: string;
  username?: string;
  temporaryPassword: string;
  /** By name. */
  apiKeys: Record<string, string>;
}

/** Somebody with a claim link. */
export interface ClaimAttempt {
  tenantId: string;
  token: string;
  idempotencyKey?: string | undefined;
}

interface ClaimRow {
  tokenHash: Buffer;
  operationId: string;
  usable: boolean;
}

/**
 * Hands out a tenant's credentials, once; undefined for everything that is wrong – no such tenant, a wrong, expired or used token – so
 * that nobody learns which. The same idempotency key may ask again for {@link REPEAT_MINUTES}. Throws when the token is right and the
 * credentials are not there; the claim then stays good.
 */
export async function takeCredentials(
  pool: pg.Pool,
  keys: KeyWrapper,
  { tenantId, token, idempotencyKey }: ClaimAttempt,
): Promise<ClaimedCredentials | undefined> {
  return transaction(pool, async (client) => {
    const claim = await maybeOne<ClaimRow>(
      client,
      `select claim.token_hash as "tokenHash", operation.operation_id as "operationId",
         claim.expires_at > now() and (claim.claimed_at is null or (claim.claim_idempotency_key = $2
           and claim.claimed_at > now() - make_interval(mins => $3))) is true as usable
       from claim join operation on operation.tenant_id = claim.tenant_id and operation.kind = 'provision'
       where claim.tenant_id = $1 and operation.status = 'active' for update of claim`,
      [tenantId, idempotencyKey ?? null, REPEAT_MINUTES],
    );
    // Compared in the same time whether or not there is a claim.
    const matches = timingSafeEqual(claim?.tokenHash ?? Buffer.alloc(32), hashClaimToken(token));
    if (!claim || !matches || !claim.usable) return undefined;
    const credentials = await readCredentials(client, keys, tenantId);
    const { rowCount } = await client.query(
      `update claim set claimed_at = now(), claim_idempotency_key = $2 where tenant_id = $1 and claimed_at is null`,
      [tenantId, idempotencyKey ?? null],
    );
    if (rowCount === 1)
      await appendAudit(client, {
        tenantId,
        operationId: claim.operationId,
        actor: 'claim-link',
        action: 'credentials.claimed',
        detail: { apiKeys: Object.keys(credentials.apiKeys).length },
      });
    return credentials;
  });
}

async function readCredentials(db: Queryable, keys: KeyWrapper, tenantId: string): Promise<ClaimedCredentials> {
  const ledger = await listResources(db, tenantId);
  const adminAccessUrl = adminAccessUrlOf(ledger);
  const username = ledger.find(({ kind }) => kind === 'idp-admin-user')?.facts['username'];
  const temporaryPassword = await readSecret(db, keys, { tenantId, kind: 'idp-admin-user', name: 'temporaryPassword' });
  if (adminAccessUrl === undefined || temporaryPassword === undefined)
    throw new Error(`The credentials of tenant ${tenantId} are not in the registry. Reissue them.`);
  const apiKeys: Record<string, string> = {};
  for (const { name } of await listApiKeys(db, tenantId)) {
    const key = await readSecret(db, keys, { tenantId, kind: 'api-keys', name });
    if (key !== undefined) apiKeys[name] = key;
  }
  return { adminAccessUrl, ...(typeof username === 'string' ? { username } : {}), temporaryPassword, apiKeys };
}

/**
 * Forgets the credentials that were handed out and can no longer be repeated; what was made since then, for a new link, stays. Returns
 * how many secrets were forgotten.
 */
export async function forgetClaimedSecrets(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(
    `delete from secret using claim
     where secret.tenant_id = claim.tenant_id and secret.kind = any($1) and secret.created_at < claim.claimed_at
       and claim.claimed_at < now() - make_interval(mins => $2)`,
    [HANDED_OVER, REPEAT_MINUTES],
  );
  return rowCount ?? 0;
}
