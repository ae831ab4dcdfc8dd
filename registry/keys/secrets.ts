import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import { maybeOne, type Queryable } from '../database';
import { cipherBeside, KEY_COLUMN, KEY_STANDS, tenantCipher, type KeyColumn } from './tenant-keys';

/** Identifies a secret: a tenant, a resource kind, and a name that the kind chooses. */
export interface SecretName {
  tenantId: string;
  kind: string;
  name: string;
}

const context = ({ kind, name }: SecretName): string => `secret:${kind}:${name}`;

/** The stored secret, or undefined. */
export async function readSecret(db: Queryable, keys: KeyWrapper, secret: SecretName): Promise<string | undefined> {
  const row = await maybeOne<{ ciphertext: Buffer; key: KeyColumn | null }>(
    db,
    `select ciphertext, ${KEY_COLUMN} from secret left join tenant_key using (tenant_id)
     where tenant_id = $1 and kind = $2 and name = $3`,
    [secret.tenantId, secret.kind, secret.name],
  );
  return row && (await cipherBeside(keys, secret.tenantId, row.key)).open(context(secret), row.ciphertext);
}

/** The stored secret; if there is none, the value of `make()` is stored first. Concurrent callers get the same value. */
export async function obtainSecret(
  db: Queryable,
  keys: KeyWrapper,
  secret: SecretName,
  make: () => string,
): Promise<string> {
  for (;;) {
    const stored = await readSecret(db, keys, secret);
    if (stored !== undefined) return stored;
    await writeSecret(db, keys, secret, make(), 'nothing');
  }
}

/** Stores a secret, replacing an earlier one. */
export async function storeSecret(db: Queryable, keys: KeyWrapper, secret: SecretName, value: string): Promise<void> {
  const replace = 'update set ciphertext = excluded.ciphertext, created_at = now()';
  while (!(await writeSecret(db, keys, secret, value, replace)));
}

/** False if nothing was written: the secret exists and `onConflict` keeps it, or the tenant's key was rotated after it was read. */
async function writeSecret(
  db: Queryable,
  keys: KeyWrapper,
  secret: SecretName,
  value: string,
  onConflict: string,
): Promise<boolean> {
  const cipher = await tenantCipher(db, keys, secret.tenantId);
  const { rowCount } = await db.query(
    `with ${KEY_STANDS}
     insert into secret (tenant_id, kind, name, ciphertext) select $1, $3, $4, $5 from standing
     on conflict (tenant_id, kind, name) do ${onConflict}`,
    [secret.tenantId, cipher.generation, secret.kind, secret.name, cipher.seal(context(secret), value)],
  );
  return rowCount === 1;
}

/** Deletes every secret of one resource. */
export async function forgetSecrets(db: Queryable, tenantId: string, kind: string): Promise<void> {
  await db.query(`delete from secret where tenant_id = $1 and kind = $2`, [tenantId, kind]);
}
