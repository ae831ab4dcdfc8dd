import { timingSafeEqual } from 'node:crypto';
import type { Access, ClosedReason } from '../../contract/tenants/access';
import type { TenantState } from '../../contract/tenants/states';
import { beginningOf, hashSecret, looksLikeSecret } from './secrets';
import type { Queryable } from '../database';

/** An API key that its tenant's application accepts. */
export interface ValidApiKey {
  keyId: string;
  tenantId: string;
  name: string;
  scopes: string[];
  expiresAt: Date | null;
  /** How far the tenant may use the product. A `closed` tenant has no valid keys. */
  access: Exclude<Access, 'closed'>;
}

/** What a presented key turned out to be. */
export type VerifiedApiKey = ({ valid: true } & ValidApiKey) | { valid: false; reason?: ClosedReason };

interface Candidate extends Omit<ValidApiKey, 'access'> {
  hash: Buffer;
  /** Neither revoked nor expired. */
  current: boolean;
  state: TenantState;
  /** The tenant's. */
  access: Access;
}

const INVALID: VerifiedApiKey = { valid: false };

/** Compared with if no key has the prefix. */
const NO_HASH = Buffer.alloc(32);

/**
 * Verifies an API key. An unknown, wrong, expired or revoked key is only said to be invalid; the holder of a current one also learns that its
 * tenant is closed. Costs one indexed statement. The comparison takes constant time and also runs if no key has the prefix, so timing
 * reveals nothing.
 */
export async function verifyApiKey(db: Queryable, key: string): Promise<VerifiedApiKey> {
  if (!looksLikeSecret('ak', key)) return INVALID;
  const { rows } = await db.query<Candidate>(
    `select api_key.key_id as "keyId", api_key.tenant_id as "tenantId", api_key.name, api_key.scopes,
       api_key.expires_at as "expiresAt", api_key.hash,
       api_key.revoked_at is null and (api_key.expires_at is null or api_key.expires_at > now()) as current,
       tenant.state, tenant.access
     from api_key join tenant using (tenant_id)
     where api_key.prefix = $1`,
    [beginningOf(key)],
  );
  const hash = hashSecret(key);
  if (rows.length === 0) timingSafeEqual(NO_HASH, hash);
  // A prefix has only 32 random bits: among very many keys, two may share one.
  const [match] = rows.filter((row) => timingSafeEqual(row.hash, hash));
  if (!match?.current) return INVALID;
  const { keyId, tenantId, name, scopes, expiresAt, state } = match;
  const access = state === 'suspended' ? match.access : state === 'active' ? 'open' : 'closed';
  if (access !== 'closed') return { valid: true, keyId, tenantId, name, scopes, expiresAt, access };
  const reason = CLOSED_BY[state];
  return reason === undefined ? INVALID : { valid: false, reason };
}

/** States in which a tenant has keys that are not valid for now. A tenant that is provisioning or gone has none that anyone was given. */
const CLOSED_BY: Partial<Record<TenantState, ClosedReason>> = {
  suspended: 'tenant_suspended',
  leaving: 'tenant_leaving',
};

/** Records when keys were last used; an older time never replaces a newer one. */
export async function noteApiKeyUse(db: Queryable, used: ReadonlyMap<string, Date>): Promise<void> {
  await db.query(
    `update api_key set last_used_at = used.at from unnest($1::uuid[], $2::timestamptz[]) as used (key_id, at)
     where api_key.key_id = used.key_id and (api_key.last_used_at is null or api_key.last_used_at < used.at)`,
    [[...used.keys()], [...used.values()]],
  );
}
