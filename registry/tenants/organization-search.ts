import { createHmac, randomBytes } from 'node:crypto';
import { PROBE_TENANT_ID } from '../../contract/ids';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import type { Queryable } from '../database';
import { obtainSecret, readSecret } from '../keys/secrets';
import { createTenantKey } from '../keys/tenant-keys';

/** The secret that keys the hashes of organizations' names, stored with the secrets that belong to no customer. */
const SEARCH_KEY = { tenantId: PROBE_TENANT_ID, kind: 'shared', name: 'organization-search' };

/**
 * A keyed hash of an organization's name: equal for names that differ only in case, character width or white space, and meaningless
 * to a reader of the registry.
 */
export async function hashOrganization(db: Queryable, keys: KeyWrapper, name: string): Promise<Buffer> {
  const key = (await readSecret(db, keys, SEARCH_KEY)) ?? (await makeKey(db, keys));
  return createHmac('sha256', Buffer.from(key, 'base64')).update(normalize(name)).digest();
}

async function makeKey(db: Queryable, keys: KeyWrapper): Promise<string> {
  await createTenantKey(db, keys, PROBE_TENANT_ID);
  return obtainSecret(db, keys, SEARCH_KEY, () => randomBytes(32).toString('base64'));
}

function normalize(name: string): string {
  return name.normalize('NFKC').toLowerCase().replaceAll(/\s+/gu, ' ').trim();
}
