import type pg from 'pg';
import type { NamedSecret } from '../../../registry/credentials/named-secrets';
import { findTenant } from '../../../registry/views/tenants';
import { notNow } from '../../http/problems';
import { noTenant } from './tenants';

/** Hours for which the previous key or token stays valid after a rotation, unless the request says otherwise. */
export const OVERLAP_HOURS = 24;

/** What a list shows of every key or token. */
export function viewNamedSecret({ name, prefix, createdAt, lastUsedAt, ...secret }: NamedSecret) {
  return {
    name,
    prefix,
    state: stateOf(secret),
    createdAt: createdAt.toISOString(),
    ...expiry(secret),
    ...(lastUsedAt ? { lastUsedAt: lastUsedAt.toISOString() } : {}),
  };
}

function stateOf({
  expiresAt,
  revokedAt,
  supersededAt,
}: Pick<NamedSecret, 'expiresAt' | 'revokedAt' | 'supersededAt'>) {
  if (revokedAt) return 'revoked';
  if (expiresAt && expiresAt <= new Date()) return 'expired';
  return supersededAt ? 'superseded' : 'current';
}

/** The member `expiresAt` of an answer, absent if it never expires. */
export function expiry({ expiresAt }: { expiresAt: Date | null }): { expiresAt?: string } {
  return expiresAt ? { expiresAt: expiresAt.toISOString() } : {};
}

/** The tenant, which must be active; `what` stands in the plural, such as "API keys". */
export async function requireActive(pool: pg.Pool, tenantId: string, what: string) {
  const tenant = await findTenant(pool, tenantId);
  if (!tenant) throw noTenant();
  if (tenant.state !== 'active')
    throw notNow(`The tenant is ${tenant.state}: ${what} are created and rotated only for an active tenant.`);
  return tenant;
}
