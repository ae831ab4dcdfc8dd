import type pg from 'pg';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import type { ResourceSecrets } from '../../providers/port/kind';
import { obtainSecret, readSecret, storeSecret } from '../../registry/keys/secrets';

/** Secrets of one tenant's resource of one kind, encrypted under the tenant's key, as kinds see them. */
export function resourceSecrets(pool: pg.Pool, keys: KeyWrapper, tenantId: string, kind: string): ResourceSecrets {
  return {
    obtain: (name, make) => obtainSecret(pool, keys, { tenantId, kind, name }, make),
    store: (name, value) => storeSecret(pool, keys, { tenantId, kind, name }, value),
    read: (name) => readSecret(pool, keys, { tenantId, kind, name }),
  };
}
