import { randomBytes } from 'node:crypto';
import { decrypt, encrypt, type KeyRing } from '../contract/key-ring';
import { maybeOne, type Queryable } from './database';

const wrapContext = (tenantId: string): string => `tenant-key:${tenantId}`;

/** Makes the tenant's data key, wrapped by the ring's current key, unless it has one. */
export async function createTenantKey(db: Queryable, ring: KeyRing, tenantId: string): Promise<Buffer> {
  const key = randomBytes(32);
  const wrapped = encrypt(ring.key(ring.current), key, wrapContext(tenantId));
  await db.query(
    `insert into tenant_key (tenant_id, key_id, wrapped_key) values ($1, $2, $3) on conflict (tenant_id) do nothing`,
    [tenantId, ring.current, wrapped],
  );
  return (await loadTenantKey(db, ring, tenantId))!;
}

/** The tenant's data key, or undefined once it was destroyed. Throws naming the ring's missing key id. */
export async function loadTenantKey(db: Queryable, ring: KeyRing, tenantId: string): Promise<Buffer | undefined> {
  const row = await maybeOne<{ key_id: string; wrapped_key: Buffer }>(
    db,
    `select key_id, wrapped_key from tenant_key where tenant_id = $1`,
    [tenantId],
  );
  return row && decrypt(ring.key(row.key_id), row.wrapped_key, wrapContext(tenantId));
}

/** Destroys the tenant's data key: whatever is encrypted under it is unreadable from now on. */
export async function destroyTenantKey(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`delete from tenant_key where tenant_id = $1`, [tenantId]);
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

/** Encrypts and decrypts texts of one tenant; `context` says what a text is, so that none can be put in another's place. */
export interface TenantCipher {
  seal(context: string, plain: string): Buffer;
  /** Throws when it was sealed under another key or context. */
  open(context: string, sealed: Uint8Array): string;
}

/** The tenant's cipher, for one query however much is encrypted with it. Throws {@link TenantKeyDestroyed}. */
export async function tenantCipher(db: Queryable, ring: KeyRing, tenantId: string): Promise<TenantCipher> {
  const key = await loadTenantKey(db, ring, tenantId);
  if (!key) throw new TenantKeyDestroyed(tenantId);
  return {
    seal: (context, plain) => encrypt(key, Buffer.from(plain), `${tenantId}:${context}`),
    open: (context, sealed) => decrypt(key, sealed, `${tenantId}:${context}`).toString(),
  };
}
