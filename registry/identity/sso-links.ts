import { randomBytes, timingSafeEqual } from 'node:crypto';
import type pg from 'pg';
import type { OperationStatus } from '../../contract/operations/states';
import { appendAudit } from '../audit/trail';
import { REPEAT_MINUTES, type ClaimAttempt } from '../credentials/claims';
import { beginningOf, hashSecret, looksLikeSecret } from '../credentials/secrets';
import { maybeOne, transaction, type Queryable } from '../database';

/** The name under which audit trail and operations know what was done through a link. It names no person: nobody has an account. */
export function linkActor(name: string): string {
  return `sso-link:${name}`;
}

/** A link as it is listed. */
export interface SsoLink {
  name: string;
  prefix: string;
  /** Groups of the plan in which everyone is who signs in through the connection. */
  groups: string[];
  createdAt: Date;
  expiresAt: Date;
  openedAt: Date | null;
  revokedAt: Date | null;
  /** The newest operation that was begun through it. */
  operationId: string | null;
  status: OperationStatus | null;
}

/** Every link that a tenant has ever had, newest first. */
export async function listSsoLinks(db: Queryable, tenantId: string): Promise<SsoLink[]> {
  const { rows } = await db.query<SsoLink>(
    `select name, prefix, scopes as groups, sso_link.created_at as "createdAt", sso_link.expires_at as "expiresAt",
       last_used_at as "openedAt", revoked_at as "revokedAt", operation_id as "operationId", operation.status
     from sso_link left join operation using (operation_id)
     where sso_link.tenant_id = $1 order by sso_link.created_at desc, key_id`,
    [tenantId],
  );
  return rows;
}

/**
 * Opens a link, once, and returns the id of its session. Every refusal – unknown tenant; wrong, expired, revoked or opened link – is undefined, so
 * that the caller cannot tell which it was. For {@link REPEAT_MINUTES} the same idempotency key opens it again, with a new session in place of
 * the first.
 */
export async function openSsoLink(
  pool: pg.Pool,
  { tenantId, token, idempotencyKey }: ClaimAttempt,
): Promise<{ sessionId: string; expiresAt: Date } | undefined> {
  if (!looksLikeSecret('ssol', token)) return undefined;
  return transaction(pool, async (client) => {
    const { rows } = await client.query<{ keyId: string; name: string; hash: Buffer; expiresAt: Date; first: boolean }>(
      `select key_id as "keyId", name, hash, sso_link.expires_at as "expiresAt", last_used_at is null as first
       from sso_link join tenant using (tenant_id)
       where prefix = $1 and tenant_id = $2 and tenant.state = 'active' and revoked_at is null and sso_link.expires_at > now()
         and (last_used_at is null or (open_idempotency_key = $3 and last_used_at > now() - make_interval(mins => $4)))
       for update of sso_link`,
      [beginningOf(token), tenantId, idempotencyKey ?? null, REPEAT_MINUTES],
    );
    const hash = hashSecret(token);
    const link = rows.find((row) => timingSafeEqual(row.hash, hash));
    if (!link) return undefined;
    const sessionId = randomBytes(32).toString('base64url');
    await client.query(
      `update sso_link set session_hash = $2, last_used_at = coalesce(last_used_at, now()), open_idempotency_key = $3
       where key_id = $1`,
      [link.keyId, hashSecret(sessionId), idempotencyKey ?? null],
    );
    const { name, keyId } = link;
    if (link.first)
      await appendAudit(client, {
        tenantId,
        actor: linkActor(name),
        action: 'sso-link.opened',
        detail: { name, keyId },
      });
    return { sessionId, expiresAt: link.expiresAt };
  });
}

/** The session of a link that is open. */
export interface SsoLinkSession extends Pick<SsoLink, 'name' | 'groups' | 'expiresAt' | 'operationId' | 'status'> {
  keyId: string;
  tenantId: string;
}

/** The session with this id, unless its link is expired or revoked or its tenant is not active. */
export async function findSsoLinkSession(
  db: Queryable,
  tenantId: string,
  sessionId: string,
): Promise<SsoLinkSession | undefined> {
  return maybeOne<SsoLinkSession>(
    db,
    `select sso_link.key_id as "keyId", sso_link.tenant_id as "tenantId", sso_link.name, sso_link.scopes as groups,
       sso_link.expires_at as "expiresAt", sso_link.operation_id as "operationId", operation.status
     from sso_link
       join tenant on tenant.tenant_id = sso_link.tenant_id and tenant.state = 'active'
       left join operation on operation.operation_id = sso_link.operation_id
     where sso_link.session_hash = $1 and sso_link.tenant_id = $2 and sso_link.revoked_at is null
       and sso_link.expires_at > now()`,
    [hashSecret(sessionId), tenantId],
  );
}

/**
 * Records which operation was begun through a link. Call it in the transaction that accepts the operation. False if the link has ended since its
 * session was found.
 */
export async function noteLinkOperation(db: Queryable, keyId: string, operationId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update sso_link set operation_id = $2
     where key_id = $1 and revoked_at is null and not exists (
       select from operation where operation.operation_id = sso_link.operation_id and status = 'completed')`,
    [keyId, operationId],
  );
  return rowCount === 1;
}
