import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { CONTROL_PLANE } from '../contract/audit';
import { appendAudit } from './audit';
import { maybeOne, transaction, type Queryable } from './database';

/** Tokens are made and ended by whoever may log in to the registry: nobody vouches for who that is. */
const ADMINISTRATOR = 'command-line';

/** What is kept of a token: everything but the token. */
export interface ApiToken {
  tokenId: string;
  /** Who holds it. Tokens of one name are the same caller, so that a token can be replaced by another. */
  name: string;
  /** The part of the token that may be shown, to recognise it by. */
  prefix: string;
  roles: string[];
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

/** `tp_<prefix>_<secret>`: greppable by secret scanners; 256 random bits, which need no slow hash. */
const TOKEN = /^tp_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$/;

const COLUMNS = `token_id as "tokenId", name, prefix, roles, created_at as "createdAt", expires_at as "expiresAt",
  revoked_at as "revokedAt", last_used_at as "lastUsedAt"`;

/** Whether a text has the form of a token; what has not is refused without asking the database. */
export function looksLikeToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Makes a token, with an audit entry of the control plane. It is in the answer and nowhere else: only its SHA-256 is kept. */
export async function createApiToken(
  pool: pg.Pool,
  { name, roles, expiresAt }: Pick<ApiToken, 'name' | 'roles' | 'expiresAt'>,
): Promise<{ tokenId: string; token: string }> {
  const tokenId = randomUUID();
  const prefix = randomBytes(4).toString('hex');
  const token = `tp_${prefix}_${randomBytes(32).toString('base64url')}`;
  await transaction(pool, async (client) => {
    await client.query(
      `insert into api_token (token_id, name, prefix, hash, roles, expires_at) values ($1, $2, $3, $4, $5, $6)`,
      [tokenId, name, prefix, hashToken(token), roles, expiresAt],
    );
    await appendAudit(client, {
      ...{ tenantId: CONTROL_PLANE, actor: ADMINISTRATOR, action: 'api-token.created' },
      detail: { tokenId, name, roles, expiresAt: expiresAt.toISOString() },
    });
  });
  return { tokenId, token };
}

/** The token's entry if it is known, not expired and not revoked. Notes, to the minute, that it was used. */
export async function findValidToken(db: Queryable, token: string): Promise<ApiToken | undefined> {
  const found = await maybeOne<ApiToken>(
    db,
    `select ${COLUMNS} from api_token where hash = $1 and expires_at > now() and revoked_at is null`,
    [hashToken(token)],
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

/** Ends a token, by its id or prefix, at once, with an audit entry of the control plane. False when none was ended. */
export async function revokeApiToken(pool: pg.Pool, idOrPrefix: string): Promise<boolean> {
  return transaction(pool, async (client) => {
    const { rows } = await client.query<{ tokenId: string; name: string }>(
      `update api_token set revoked_at = now() where (token_id = $1 or prefix = $1) and revoked_at is null
       returning token_id as "tokenId", name`,
      [idOrPrefix],
    );
    for (const detail of rows)
      await appendAudit(client, {
        ...{ tenantId: CONTROL_PLANE, actor: ADMINISTRATOR, action: 'api-token.revoked', detail },
      });
    return rows.length > 0;
  });
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
