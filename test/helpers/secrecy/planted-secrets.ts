import { decrypt } from '../../../contract/keys/key-ring';
import type { KeyWrapper, WrappedKey } from '../../../contract/keys/key-wrapping';
import type { TestRegistry } from '../registry';

/**
 * From now on remembers whatever the registry keeps secret, also what it forgets again: a trigger copies each key and secret as it is written.
 * Returns what opens all of them: passwords, keys, storage secrets.
 */
export async function watchSecrets(
  { pool, asOwner }: Pick<TestRegistry, 'pool' | 'asOwner'>,
  wrapper: KeyWrapper,
): Promise<() => Promise<string[]>> {
  await asOwner(`
    create table seen_key as select * from tenant_key with no data;
    create table seen_secret as select * from secret with no data;
    grant select on seen_key, seen_secret to public;
    create function remember() returns trigger language plpgsql security definer as $$
      begin execute format('insert into seen_%s select ($1).*', replace(tg_table_name, 'tenant_', '')) using new; return new; end $$;
    create trigger remember before insert or update on tenant_key for each row execute function remember();
    create trigger remember before insert or update on secret for each row execute function remember();`);
  return async () => {
    const keys = await pool.query<WrappedKey & { tenantId: string }>(
      'select tenant_id as "tenantId", provider, key_id as "keyId", key_region as region, wrapped_key as wrapped from seen_key',
    );
    const opened = await Promise.all(
      keys.rows.map(async (row) => ({ tenantId: row.tenantId, key: (await wrapper.unwrap(row.tenantId, row))! })),
    );
    // There are keys of several generations, and of inserts that found a row there already: whichever opens the secret is the right one.
    const keysOf = (tenantId: string): Buffer[] =>
      opened.filter((row) => row.tenantId === tenantId).map(({ key }) => key);
    const { rows } = await pool.query<{ tenant_id: string; kind: string; name: string; ciphertext: Buffer }>(
      'select * from seen_secret',
    );
    return rows.map(({ tenant_id: tenantId, kind, name, ciphertext }) => {
      for (const key of keysOf(tenantId)) {
        try {
          return decrypt(key, ciphertext, `${tenantId}:secret:${kind}:${name}`).toString();
        } catch {
          continue;
        }
      }
      throw new Error(`No key opens the secret ${name} of ${kind} of tenant ${tenantId}.`);
    });
  };
}
