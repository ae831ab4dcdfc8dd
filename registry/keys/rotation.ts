import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { KeyKeeper, WrappingKey } from '../../contract/keys/key-wrapping';
import type { TenantState } from '../../contract/tenants/states';
import { appendAudit } from '../audit/trail';
import { announce } from '../audit/append-once';
import { maybeOne, transaction, violatedConstraint, type Queryable } from '../database';
import { findLegalHold } from '../tenants/legal-holds';
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns';
import { cipherOf, cipherWith, findTenantKey, type StoredKey, type TenantCipher } from './tenant-keys';

/** Request for a new data key for a tenant. */
export interface Rotation {
  tenantId: string;
  /** Requester, for the audit trail. */
  actor: string;
  /** The key that wraps the new data key. Default: the key that wraps the old one or, if that is in the ring, the ring's current key. */
  under?: WrappingKey;
  /** Requests of one actor with the same key count as one rotation. */
  idempotencyKey?: string | undefined;
  /** Refuses the rotation unless the tenant is in this state. */
  onlyIf?: TenantState;
}

/** Result of a {@link Rotation}. */
export type RotationOutcome =
  | { outcome: 'rotated' | 'repeated'; generation: number }
  | { outcome: 'key-destroyed' }
  | { outcome: 'key-reused' }
  | { outcome: 'not-now'; state: TenantState };

/**
 * Gives a tenant a new data key and re-encrypts everything under it, in one transaction: a reader sees the tenant before or after the
 * rotation, and a writer waits for it. The old key is destroyed with it. Throws, without having changed anything, if a text does not
 * decrypt under the old key.
 */
export async function rotateTenantKey(pool: pg.Pool, keys: KeyKeeper, rotation: Rotation): Promise<RotationOutcome> {
  const before = (await findRepeat(pool, rotation)) ?? (await refusal(pool, rotation));
  if (before) return before;
  const current = await findTenantKey(pool, rotation.tenantId);
  if (!current) return { outcome: 'key-destroyed' };
  const dataKey = randomBytes(32);
  // Ask providers before anything is locked. The key unwrapped here is cached until it is needed in the transaction.
  if (!(await keys.unwrap(rotation.tenantId, current))) return { outcome: 'key-destroyed' };
  const under = rotation.under ?? (current.provider === 'local' ? undefined : current);
  if (!rotation.under && current.provider !== 'local') {
    const detail = { generation: current.generation + 1, provider: current.provider };
    await announce(pool, { tenantId: rotation.tenantId, actor: rotation.actor, action: 'key.rotation-begun', detail });
    await keys.renew(current);
  }
  const wrapped = await keys.wrap(rotation.tenantId, dataKey, under);
  try {
    return await transaction(pool, async (client) => {
      const old = await lockKey(client, rotation.tenantId);
      if (!old) return { outcome: 'key-destroyed' };
      const generation = old.generation + 1;
      const from = await cipherOf(keys, rotation.tenantId, old);
      const to = cipherWith(dataKey, rotation.tenantId, generation);
      if (!(await findLegalHold(client, rotation.tenantId))) await forgetDecided(client, rotation.tenantId);
      for (const column of SEALED_COLUMNS) await reseal(client, column, { tenantId: rotation.tenantId, from, to });
      // Locks the tenant's row, so that its state cannot change before the commit.
      const refused = await refusal(client, rotation);
      if (refused) throw new Refused(refused);
      await replaceKey(client, rotation, { ...wrapped, generation });
      return { outcome: 'rotated', generation };
    });
  } catch (error) {
    if (error instanceof Refused) return error.outcome;
    if (violatedConstraint(error) !== 'key_generation_idempotency') throw error;
    // A concurrent request with the same key has won.
    return (await findRepeat(pool, rotation))!;
  }
}

class Refused extends Error {
  constructor(readonly outcome: RotationOutcome) {
    super('The tenant’s current state does not allow a key rotation.');
  }
}

async function findRepeat(
  db: Queryable,
  { tenantId, actor, idempotencyKey }: Rotation,
): Promise<RotationOutcome | undefined> {
  if (idempotencyKey === undefined) return undefined;
  const row = await maybeOne<{ tenantId: string; generation: number }>(
    db,
    `select tenant_id as "tenantId", generation from key_generation where requested_by = $1 and idempotency_key = $2`,
    [actor, idempotencyKey],
  );
  if (!row) return undefined;
  return row.tenantId === tenantId ? { outcome: 'repeated', generation: row.generation } : { outcome: 'key-reused' };
}

async function refusal(db: Queryable, { tenantId, onlyIf }: Rotation): Promise<RotationOutcome | undefined> {
  if (onlyIf === undefined) return undefined;
  const tenant = await maybeOne<{ state: TenantState }>(db, `select state from tenant where tenant_id = $1 for share`, [
    tenantId,
  ]);
  return tenant && tenant.state !== onlyIf ? { outcome: 'not-now', state: tenant.state } : undefined;
}

async function lockKey(client: Queryable, tenantId: string): Promise<StoredKey | undefined> {
  await client.query(`select from tenant_key where tenant_id = $1 for update`, [tenantId]);
  return findTenantKey(client, tenantId);
}

/** Deletes amended orders that are decided: a taken one is now the operation's order, and a refused one is never read again. */
async function forgetDecided(client: Queryable, tenantId: string): Promise<void> {
  await client.query(
    `update resolution set order_ciphertext = null
     where state <> 'requested' and operation_id in (select operation_id from operation where tenant_id = $1)`,
    [tenantId],
  );
}

interface Resealing {
  tenantId: string;
  from: TenantCipher;
  to: TenantCipher;
}

async function reseal(client: Queryable, sealed: SealedColumn, { tenantId, from, to }: Resealing): Promise<void> {
  const { table, column, context, ofTenant } = sealed;
  // A locked row keeps its `ctid`, which therefore identifies it in every table, whatever the primary key is.
  const { rows } = await client.query<{ place: string; context: string; text: Buffer }>(
    `select ctid::text as place, ${context} as context, ${column} as text from ${table} where ${ofTenant} for update`,
    [tenantId],
  );
  await client.query(
    `update ${table} set ${column} = resealed.text from unnest($1::text[], $2::bytea[]) as resealed (place, text)
     where ${table}.ctid = resealed.place::tid`,
    [rows.map(({ place }) => place), rows.map((row) => to.seal(row.context, from.open(row.context, row.text)))],
  );
}

async function replaceKey(
  client: Queryable,
  { tenantId, actor, idempotencyKey }: Rotation,
  key: StoredKey,
): Promise<void> {
  const { generation, provider, keyId, region, wrapped } = key;
  await client.query(
    `update tenant_key set generation = $2, provider = $3, key_id = $4, key_region = $5, wrapped_key = $6, created_at = now()
     where tenant_id = $1`,
    [tenantId, generation, provider, keyId, region, wrapped],
  );
  await client.query(
    `update key_generation set destroyed_at = now() where tenant_id = $1 and generation = $2 and destroyed_at is null`,
    [tenantId, generation - 1],
  );
  await client.query(
    `insert into key_generation (tenant_id, generation, provider, key_id, key_region, requested_by, idempotency_key)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [tenantId, generation, provider, keyId, region, actor, idempotencyKey ?? null],
  );
  await appendAudit(client, { tenantId, actor, action: 'key.rotated', detail: { generation, provider } });
}
