import { timingSafeEqual } from 'node:crypto';
import { MONITORING_ACCOUNT, MONITORING_KEY } from '../../contract/monitoring/account';
import type pg from 'pg';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import { listApiKeys } from './api-keys';
import { appendAudit } from '../audit/trail';
import { hashClaimToken } from './claim-tokens';
import { maybeOne, transaction, type Queryable } from '../database';
import { listResources } from '../ledger/ledger';
import { adminAccessUrlOf } from '../views/results';
import { readSecret } from '../keys/secrets';

/** Minutes in which a client that lost the answer gets it again with the same idempotency key. */
export const REPEAT_MINUTES = 10;

/** Resource kinds whose secrets are stored only until they are handed over. */
const HANDED_OVER = ['idp-admin-user', 'api-keys'];

/** The credentials of a tenant's first admin. */
export interface ClaimedCredentials {
  adminAccessUrl: string;
  username?: string;
  temporaryPassword: string;
  /** Keys by their name. */
  apiKeys: Record<string, string>;
  /** Where metrics and logs are sent and read, and the key for it; absent for tenants without. */
  monitoring?: { endpoint: string; key: string };
}

/** Input of {@link takeCredentials}: the claim link's tenant and token. */
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
 * Hands out a tenant's credentials, once. Every refusal – unknown tenant; wrong, expired or used token – is undefined, so that the caller
 * cannot tell which it was. The same idempotency key may repeat the claim for {@link REPEAT_MINUTES}. Throws if the token is right but the
 * credentials are missing; the claim then stays valid.
 */
export async function takeCredentials(
  pool: pg.Pool,
  keys: KeyWrapper,
  { tenantId, token, idempotencyKey }: ClaimAttempt,
): Promise<ClaimedCredentials | undefined> {
  return transaction(pool, async (client) => {
    const claim = await maybeOne<ClaimRow>(
      client,
      `select claim.token_hash as "tokenHash", tenant.operation_id as "operationId",
         claim.expires_at > now() and (claim.claimed_at is null or (claim.claim_idempotency_key = $2
           and claim.claimed_at > now() - make_interval(mins => $3))) is true as usable
       from claim join tenant using (tenant_id)
       where tenant_id = $1 and tenant.state = 'active' for update of claim`,
      [tenantId, idempotencyKey ?? null, REPEAT_MINUTES],
    );
    // Also compares without a claim, so that timing does not reveal whether there is one.
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
  const monitoring = await readMonitoring(db, keys, tenantId, ledger);
  return {
    adminAccessUrl,
    ...(typeof username === 'string' ? { username } : {}),
    temporaryPassword,
    apiKeys,
    ...(monitoring ? { monitoring } : {}),
  };
}

/** The monitoring key stays stored after the claim: the tenant's access is tried with it. */
async function readMonitoring(
  db: Queryable,
  keys: KeyWrapper,
  tenantId: string,
  ledger: Awaited<ReturnType<typeof listResources>>,
): Promise<ClaimedCredentials['monitoring']> {
  const account = ledger.find(({ kind, state }) => kind === MONITORING_ACCOUNT && state === 'present');
  const endpoint = account?.facts['endpoint'];
  if (typeof endpoint !== 'string') return undefined;
  const key = await readSecret(db, keys, { tenantId, kind: MONITORING_ACCOUNT, name: MONITORING_KEY });
  return key === undefined ? undefined : { endpoint, key };
}

/**
 * Deletes credentials that were handed out and whose claim can no longer be repeated. Secrets created since then, for a new link, stay.
 * Returns how many secrets were deleted.
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
