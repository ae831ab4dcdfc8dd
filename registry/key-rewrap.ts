import type { KeyProvider, KeyWrapper } from '../contract/key-wrapping';
import { maybeOne, type Queryable } from './database';
import { findTenantKey } from './tenant-keys';

/** How many tenants' data keys a key wraps. */
export interface WrappingCount {
  provider: KeyProvider;
  keyId: string;
  tenants: number;
}

/** Which of the ring's keys still wrap something, and how much; keys of tenants' own are one line together, named `*`. */
export async function countWrapped(db: Queryable): Promise<WrappingCount[]> {
  const { rows } = await db.query<WrappingCount>(
    `select provider, case provider when 'local' then key_id else '*' end as "keyId", count(*)::int as tenants
     from tenant_key group by 1, 2 order by 1 desc, 2`,
  );
  return rows;
}

/** Tenants behind this one whose data key the ring wraps with another key than its current one, by id. */
export async function listOutdated(
  db: Queryable,
  currentKeyId: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await db.query<{ tenant_id: string }>(
    `select tenant_id from tenant_key where provider = 'local' and key_id <> $1 and tenant_id > $2 order by tenant_id limit $3`,
    [currentKeyId, after, limit],
  );
  return rows.map((row) => row.tenant_id);
}

/**
 * Wraps a tenant's data key with the ring's current key; the data key stays what it is. False when there was nothing to do any more: it was
 * destroyed, or somebody else has changed it meanwhile. Throws when the ring has not got the key it is wrapped with. With
 * `dryRun` it is opened, and left as it is.
 */
export async function rewrapTenantKey(
  db: Queryable,
  keys: KeyWrapper,
  tenantId: string,
  { dryRun = false } = {},
): Promise<boolean> {
  const stored = await findTenantKey(db, tenantId);
  const dataKey = stored?.provider === 'local' ? await keys.unwrap(tenantId, stored) : undefined;
  if (!stored || !dataKey) return false;
  if (dryRun) return true;
  const { keyId, wrapped } = await keys.wrap(tenantId, dataKey);
  const row = await maybeOne(
    db,
    `with changed as (
       update tenant_key set key_id = $2, wrapped_key = $3 where tenant_id = $1 and wrapped_key = $4 returning generation
     )
     update key_generation set key_id = $2 from changed
     where key_generation.tenant_id = $1 and key_generation.generation = changed.generation returning true`,
    [tenantId, keyId, wrapped, stored.wrapped],
  );
  return row !== undefined;
}
