import type { KeyRing } from '../contract/key-ring';
import { maybeOne, type Queryable } from './database';
import { tenantCipher } from './tenant-keys';

/** Where a secret belongs: one tenant, one resource kind, a name of the kind's own. */
export interface SecretName {
  tenantId: string;
  kind: string;
  name: string;
}

const context = ({ kind, name }: SecretName): string => `secret:${kind}:${name}`;

/** The stored secret, or undefined. */
export async function readSecret(db: Queryable, ring: KeyRing, secret: SecretName): Promise<string | undefined> {
  const row = await maybeOne<{ ciphertext: Buffer }>(
    db,
    `select ciphertext from secret where tenant_id = $1 and kind = $2 and name = $3`,
    [secret.tenantId, secret.kind, secret.name],
  );
  return row && (await tenantCipher(db, ring, secret.tenantId)).open(context(secret), row.ciphertext);
}

/** The stored secret; without one, `make()`'s value is stored first. Two callers at once get the same value. */
export async function obtainSecret(
  db: Queryable,
  ring: KeyRing,
  secret: SecretName,
  make: () => string,
): Promise<string> {
  const stored = await readSecret(db, ring, secret);
  if (stored !== undefined) return stored;
  const sealed = (await tenantCipher(db, ring, secret.tenantId)).seal(context(secret), make());
  await db.query(
    `insert into secret (tenant_id, kind, name, ciphertext) values ($1, $2, $3, $4)
     on conflict (tenant_id, kind, name) do nothing`,
    [secret.tenantId, secret.kind, secret.name, sealed],
  );
  return (await readSecret(db, ring, secret))!;
}

/** Stores a secret, replacing an earlier one. */
export async function storeSecret(db: Queryable, ring: KeyRing, secret: SecretName, value: string): Promise<void> {
  const sealed = (await tenantCipher(db, ring, secret.tenantId)).seal(context(secret), value);
  await db.query(
    `insert into secret (tenant_id, kind, name, ciphertext) values ($1, $2, $3, $4)
     on conflict (tenant_id, kind, name) do update set ciphertext = excluded.ciphertext, created_at = now()`,
    [secret.tenantId, secret.kind, secret.name, sealed],
  );
}

/** Forgets every secret of one resource. */
export async function forgetSecrets(db: Queryable, tenantId: string, kind: string): Promise<void> {
  await db.query(`delete from secret where tenant_id = $1 and kind = $2`, [tenantId, kind]);
}
