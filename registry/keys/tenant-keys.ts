import { randomBytes } from 'node:crypto';
import { decrypt, encrypt } from '../../contract/keys/key-ring';
import { KeysUnavailable, type KeyWrapper, type WrappedKey } from '../../contract/keys/key-wrapping';
import { maybeOne, type Queryable } from '../database';

/** A tenant's data key as the registry stores it: wrapped. */
export interface StoredKey extends WrappedKey {
  /** Increases with every rotation, and continues after a destruction. */
  generation: number;
}

/** A {@link StoredKey} as a JSON column of another query, which is null once the key is destroyed. */
export type KeyColumn = Omit<StoredKey, 'wrapped'> & { wrapped: string };

/**
 * SQL column `key`: the key of a joined `tenant_key`. Always read encrypted text together with its key, in one statement: both are then
 * from the same moment, and no rotation can come between them.
 */
export const KEY_COLUMN = `case when tenant_key.tenant_id is not null then json_build_object('generation', tenant_key.generation,
  'provider', tenant_key.provider, 'keyId', tenant_key.key_id, 'region', tenant_key.key_region,
  'wrapped', encode(tenant_key.wrapped_key, 'hex')) end as key`;

/** Creates the tenant's data key, wrapped by the ring, unless it has one. */
export async function createTenantKey(db: Queryable, keys: KeyWrapper, tenantId: string): Promise<void> {
  const { provider, keyId, region, wrapped } = await keys.wrap(tenantId, randomBytes(32));
  await db.query(
    `with made as (
       insert into tenant_key (tenant_id, generation, provider, key_id, key_region, wrapped_key)
       select $1::text, coalesce(max(generation), 0) + 1, $2::text, $3::text, $4::text, $5::bytea
       from key_generation where tenant_id = $1
       on conflict (tenant_id) do nothing returning generation
     )
     insert into key_generation (tenant_id, generation, provider, key_id, key_region)
     select $1, generation, $2, $3, $4 from made`,
    [tenantId, provider, keyId, region, wrapped],
  );
}

/** The tenant's stored data key, or undefined once it is destroyed. */
export async function findTenantKey(db: Queryable, tenantId: string): Promise<StoredKey | undefined> {
  const row = await maybeOne<{ key: KeyColumn }>(db, `select ${KEY_COLUMN} from tenant_key where tenant_id = $1`, [
    tenantId,
  ]);
  return row && storedKeyOf(row.key);
}

/** The tenant's unwrapped data key, or undefined once it is destroyed. Throws, naming the key id, if the ring lacks the wrapping key. */
export async function loadTenantKey(db: Queryable, keys: KeyWrapper, tenantId: string): Promise<Buffer | undefined> {
  const stored = await findTenantKey(db, tenantId);
  return stored && keys.unwrap(tenantId, stored);
}

/**
 * Destroys the tenant's data key: everything encrypted under it becomes unreadable, and its organization can no longer be found by name.
 * Comments on approvals are encrypted under the control plane's key and are deleted here, except the reason of a rejection, which the
 * orderer reads after the tenant's key is gone. The tenant's own hash follows that of the operation that provisioned it. False if there was
 * no key.
 */
export async function destroyTenantKey(db: Queryable, tenantId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `with gone as (delete from tenant_key where tenant_id = $1 returning generation),
     uncommented as (update approval_decision set comment_ciphertext = null from operation
       where operation.operation_id = approval_decision.operation_id and operation.tenant_id = $1
         and decision = 'approve' and exists (select from gone)),
     unfindable as (update operation set organization_hash = null where tenant_id = $1 and exists (select from gone))
     update key_generation set destroyed_at = now() from gone
     where key_generation.tenant_id = $1 and key_generation.generation = gone.generation`,
    [tenantId],
  );
  return rowCount === 1;
}

/** The tenant's key was destroyed, so the data it protected is permanently unreadable. */
export class TenantKeyDestroyed extends Error {
  override readonly name = 'TenantKeyDestroyed';

  constructor(tenantId: string) {
    super(`The key of tenant ${tenantId} was destroyed; the data it protected is permanently unreadable.`);
  }
}

/** The result of a read, or undefined if the key is destroyed before or during it: a run may be undone while a caller looks at it. */
export async function ignoreDestroyedKey<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof TenantKeyDestroyed) return undefined;
    throw error;
  }
}

/**
 * The result of a read, or undefined if it cannot be decrypted, permanently or at the moment. For details that may be left out of a view.
 */
export async function ifReadable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await ignoreDestroyedKey(reading);
  } catch (error) {
    if (error instanceof KeysUnavailable) return undefined;
    throw error;
  }
}

/** Encrypts and decrypts texts of one tenant. `context` names what a text is, so that one ciphertext cannot be put in another's place. */
export interface TenantCipher {
  /** Generation of the key. Every write of a sealed text must check it, see {@link KEY_STANDS}. */
  readonly generation: number;
  seal(context: string, plain: string): Buffer;
  /** Throws if the text was sealed under another key or context. */
  open(context: string, sealed: Uint8Array): string;
}

/**
 * Common table expression `standing`: one row while the key of the tenant ($1) has the generation ($2) that a text was sealed with, and no
 * row afterwards. Every write of a sealed text selects from it. A rotation then waits for the write; or the write waits for the rotation,
 * finds no row and must seal the text again.
 */
export const KEY_STANDS = `standing as (select from tenant_key where tenant_id = $1 and generation = $2 for share)`;

/** The tenant's cipher. Throws {@link TenantKeyDestroyed}. */
export async function tenantCipher(db: Queryable, keys: KeyWrapper, tenantId: string): Promise<TenantCipher> {
  const stored = await findTenantKey(db, tenantId);
  if (!stored) throw new TenantKeyDestroyed(tenantId);
  return cipherOf(keys, tenantId, stored);
}

/** The cipher for text that was read together with its key. Throws {@link TenantKeyDestroyed}. */
export async function cipherBeside(keys: KeyWrapper, tenantId: string, key: KeyColumn | null): Promise<TenantCipher> {
  if (!key) throw new TenantKeyDestroyed(tenantId);
  return cipherOf(keys, tenantId, storedKeyOf(key));
}

/** The cipher of a stored key. Throws {@link TenantKeyDestroyed} if the provider of its wrapping key reports that key destroyed. */
export async function cipherOf(keys: KeyWrapper, tenantId: string, stored: StoredKey): Promise<TenantCipher> {
  const key = await keys.unwrap(tenantId, stored);
  if (!key) throw new TenantKeyDestroyed(tenantId);
  return cipherWith(key, tenantId, stored.generation);
}

/** The cipher of a data key. */
export function cipherWith(key: Buffer, tenantId: string, generation: number): TenantCipher {
  return {
    generation,
    seal: (context, plain) => encrypt(key, Buffer.from(plain), `${tenantId}:${context}`),
    open: (context, sealed) => decrypt(key, sealed, `${tenantId}:${context}`).toString(),
  };
}

function storedKeyOf({ wrapped, ...key }: KeyColumn): StoredKey {
  return { ...key, wrapped: Buffer.from(wrapped, 'hex') };
}
