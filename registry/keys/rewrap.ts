import type { KeyProvider, KeyWrapper } from '../../contract/keys/key-wrapping';
import { maybeOne, type Queryable } from '../database';
import { findTenantKey } from './tenant-keys';

/** Number of tenants whose data key, or the key of whose export, is wrapped by one key. */
export interface WrappingCount {
  provider: KeyProvider;
  keyId: string;
  tenants: number;
}

/** The ring's keys that still wrap something, with their number of tenants. All tenants' own keys count as one line with the id `*`. */
export async function countWrapped(db: Queryable): Promise<WrappingCount[]> {
  const { rows } = await db.query<WrappingCount>(
    `select provider, case provider when 'local' then key_id else '*' end as "keyId", count(distinct tenant_id)::int as tenants
     from (select tenant_id, provider, key_id from tenant_key
       union all select tenant_id, 'local', wrapping_key_id from tenant_export where wrapping_key_id is not null) wrapped
     group by 1, 2 order by 1 desc, 2`,
  );
  return rows;
}

/** Tenants, by id after `after`, whose data key is wrapped by a key of the ring other than the current one. */
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
 * Wraps a tenant's data key with the ring's current key; the data key itself does not change. False if there is nothing left to do: the
 * data key was destroyed, is no longer wrapped by the ring, or was changed concurrently. Throws if the ring lacks the key that wraps it.
 * With `dryRun`, the data key is only unwrapped, as a check.
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

/** Wraps the keys of exports, which outlive their tenants' data keys, with the ring's current key. Returns their number. */
export async function rewrapExportKeys(
  db: Queryable,
  keys: KeyWrapper,
  currentKeyId: string,
  { dryRun = false } = {},
): Promise<number> {
  const { rows } = await db.query<{ operationId: string; tenantId: string; keyId: string; wrapped: Buffer }>(
    `select operation_id as "operationId", tenant_id as "tenantId", wrapping_key_id as "keyId", wrapped_identity as wrapped
     from tenant_export where wrapping_key_id <> $1`,
    [currentKeyId],
  );
  let done = 0;
  for (const { operationId, tenantId, keyId, wrapped } of rows) {
    const secret = await keys.unwrap(tenantId, { provider: 'local', keyId, region: null, wrapped });
    if (!secret) continue;
    done += 1;
    if (dryRun) continue;
    const fresh = await keys.wrap(tenantId, secret);
    await db.query(
      `update tenant_export set wrapping_key_id = $2, wrapped_identity = $3 where operation_id = $1 and wrapped_identity = $4`,
      [operationId, fresh.keyId, fresh.wrapped, wrapped],
    );
  }
  return done;
}
