import { randomBytes } from 'node:crypto';
import { decrypt, encrypt } from '../contract/key-ring';
import { KeysUnavailable, type KeyWrapper, type WrappedKey } from '../contract/key-wrapping';
import { maybeOne, type Queryable } from './database';

/** A tenant's data key as the registry has it. */
export interface StoredKey extends WrappedKey {
  /** Counts up with every rotation, also over a destruction. */
  generation: number;
}

/** A {@link StoredKey} as a column beside others; null where it was destroyed. */
export type KeyColumn = Omit<StoredKey, 'wrapped'> & { wrapped: string };

/**
 * The key of a joined `tenant_key`, as the column `key`. What is encrypted is always read together with its key, in one statement: then both
 * are from the same moment, and no rotation can come between them.
 */
export const KEY_COLUMN = `case when tenant_key.tenant_id is not null then json_build_object('generation', tenant_key.generation,
  'provider', tenant_key.provider, 'keyId', tenant_key.key_id, 'region', tenant_key.key_region,
  'wrapped', encode(tenant_key.wrapped_key, 'hex')) end as key`;

/** Makes the tenant's data key, wrapped by the ring, unless it has one. */
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

/** The tenant's data key as it is stored, or undefined once it was destroyed. */
export async function findTenantKey(db: Queryable, tenantId: string): Promise<StoredKey | undefined> {
  const row = await maybeOne<{ key: KeyColumn }>(db, `select ${KEY_COLUMN} from tenant_key where tenant_id = $1`, [
    tenantId,
  ]);
  return row && storedKeyOf(row.key);
}

/** The tenant's data key, or undefined once it was destroyed. Throws naming the ring's missing key id. */
export async function loadTenantKey(db: Queryable, keys: KeyWrapper, tenantId: string): Promise<Buffer | undefined> {
  const stored = await findTenantKey(db, tenantId);
  return stored && keys.unwrap(tenantId, stored);
}

/**
 * Destroys the tenant's data key: whatever is encrypted under it is unreadable from now on, and its organization is not found by name any
 * more. Comments on approvals are under the control plane's key and are deleted here; the reason of a rejection stays, because the orderer reads
 * it after the key is gone. False when there was no key.
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

/** The tenant's key was destroyed: what it protected cannot be read by anybody any more. */
export class TenantKeyDestroyed extends Error {
  constructor(tenantId: string) {
    super(`The key of tenant ${tenantId} was destroyed; what it protected cannot be read any more.`);
  }
}

/** What a reader finds, or undefined when the key is, or meanwhile was, destroyed: a run may be undone while somebody looks at it. */
export async function unlessKeyDestroyed<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof TenantKeyDestroyed) return undefined;
    throw error;
  }
}

/** What a reader finds, or undefined when it cannot be read: not any more, or not now. For what is shown where it is to be had. */
export async function ifReadable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await unlessKeyDestroyed(reading);
  } catch (error) {
    if (error instanceof KeysUnavailable) return undefined;
    throw error;
  }
}

/** Encrypts and decrypts texts of one tenant; `context` says what a text is, so that none can be put in another's place. */
export interface TenantCipher {
  /** Of the key. What is written names it, see {@link KEY_STANDS}. */
  readonly generation: number;
  seal(context: string, plain: string): Buffer;
  /** Throws when it was sealed under another key or context. */
  open(context: string, sealed: Uint8Array): string;
}

/**
 * A common table `standing`, of one row while the tenant's key ($1) is of the generation ($2) something was sealed with, and of none
 * afterwards. Who writes joins it: a rotation waits for the writer, or the writer for the rotation, and then finds that it must seal anew.
 */
export const KEY_STANDS = `standing as (select from tenant_key where tenant_id = $1 and generation = $2 for share)`;

/** The tenant's cipher. Throws {@link TenantKeyDestroyed}. */
export async function tenantCipher(db: Queryable, keys: KeyWrapper, tenantId: string): Promise<TenantCipher> {
  const stored = await findTenantKey(db, tenantId);
  if (!stored) throw new TenantKeyDestroyed(tenantId);
  return cipherOf(keys, tenantId, stored);
}

/** The cipher for what was read together with its key. Throws {@link TenantKeyDestroyed}. */
export async function cipherBeside(keys: KeyWrapper, tenantId: string, key: KeyColumn | null): Promise<TenantCipher> {
  if (!key) throw new TenantKeyDestroyed(tenantId);
  return cipherOf(keys, tenantId, storedKeyOf(key));
}

/** The cipher of a stored key. Throws {@link TenantKeyDestroyed} when its provider says so. */
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
