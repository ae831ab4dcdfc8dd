import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { CONTROL_PLANE } from '../../contract/audit/chain';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction, type Queryable } from '../database';
import { isBehind, microsOf, toPage, type Page, type PageRequest } from '../pages';
import { hashSecret, looksLikeSecret, newSecret } from './secrets';

/** Actor in the audit trail: tokens are managed from the command line with a registry login, which does not identify a person. */
const ADMINISTRATOR = 'command-line';

/** What is stored of a token: everything but the token itself. */
export interface ApiToken {
  tokenId: string;
  /** Its holder. Tokens of one name count as the same caller, so that one token can replace another. */
  name: string;
  /** The part of the token that may be shown, to recognise it by. */
  prefix: string;
  roles: string[];
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

const COLUMNS = `token_id as "tokenId", name, prefix, roles, created_at as "createdAt", expires_at as "expiresAt",
  revoked_at as "revokedAt", last_used_at as "lastUsedAt"`;

/** Whether a text has the format of a token. Anything else is refused without a query. */
export function looksLikeToken(text: string): boolean {
  return looksLikeSecret('tp', text);
}

/**
 * Creates a token, with an audit entry of the control plane. Only its SHA-256 is stored, so the returned token cannot be retrieved again.
 */
export async function createApiToken(
  pool: pg.Pool,
  { name, roles, expiresAt }: Pick<ApiToken, 'name' | 'roles' | 'expiresAt'>,
): Promise<{ tokenId: string; token: string }> {
  const tokenId = randomUUID();
  const token = newSecret('tp');
  const prefix = token.split('_')[1]!;
  await transaction(pool, async (client) => {
    await client.query(
      `insert into api_token (token_id, name, prefix, hash, roles, expires_at) values ($1, $2, $3, $4, $5, $6)`,
      [tokenId, name, prefix, hashSecret(token), roles, expiresAt],
    );
    await appendAudit(client, {
      tenantId: CONTROL_PLANE,
      actor: ADMINISTRATOR,
      action: 'api-token.created',
      detail: { tokenId, name, roles, expiresAt: expiresAt.toISOString() },
    });
  });
  return { tokenId, token };
}

/** The entry of a token that is known, not expired and not revoked; otherwise undefined. Records its use, to the minute. */
export async function findValidToken(db: Queryable, token: string): Promise<ApiToken | undefined> {
  const found = await maybeOne<ApiToken>(
    db,
    `select ${COLUMNS} from api_token where hash = $1 and expires_at > now() and revoked_at is null`,
    [hashSecret(token)],
  );
  if (found && Date.now() - (found.lastUsedAt?.getTime() ?? 0) > 60_000)
    await db.query(`update api_token set last_used_at = now() where token_id = $1`, [found.tokenId]);
  return found;
}

/** Every token, newest first. */
export async function listApiTokens(db: Queryable): Promise<ApiToken[]> {
  const { rows } = await db.query<ApiToken>(`select ${COLUMNS} from api_token order by created_at desc, token_id`);
  return rows;
}

/** A page of tokens, newest first. */
export async function pageApiTokens(db: Queryable, { after, limit }: PageRequest): Promise<Page<ApiToken>> {
  const { rows } = await db.query<ApiToken & { micros: string }>(
    `select ${COLUMNS}, ${microsOf('created_at')} as micros from api_token
     where ${isBehind('created_at', 'token_id', 1, 2)} order by created_at desc, token_id desc limit $3`,
    [after?.micros ?? null, after?.id ?? null, limit + 1],
  );
  return toPage(
    rows,
    limit,
    ({ micros, tokenId }) => ({ micros, id: tokenId }),
    ({ micros: _, ...token }) => token,
  );
}

/** Revokes a token by its id or prefix, immediately and with an audit entry of the control plane. False if none was revoked. */
export async function revokeApiToken(pool: pg.Pool, idOrPrefix: string): Promise<boolean> {
  return transaction(pool, async (client) => {
    const { rows } = await client.query<{ tokenId: string; name: string }>(
      `update api_token set revoked_at = now() where (token_id = $1 or prefix = $1) and revoked_at is null
       returning token_id as "tokenId", name`,
      [idOrPrefix],
    );
    for (const detail of rows)
      await appendAudit(client, {
        tenantId: CONTROL_PLANE,
        actor: ADMINISTRATOR,
        action: 'api-token.revoked',
        detail,
      });
    return rows.length > 0;
  });
}
