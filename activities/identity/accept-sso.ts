import { createHash } from 'node:crypto';
import type { SsoConnection } from '../../contract/identity/sso';
import { toFailure } from '../../providers/port/failures';
import { DomainsNotProved, storeConnection } from '../../registry/identity/sso-changes';
import { TenantKeyDestroyed } from '../../registry/keys/tenant-keys';
import { acceptChange } from '../../registry/operations/change-acceptance';
import type { Dependencies } from '../dependencies';

/** A change of a tenant's single sign-on that no person has asked for. */
export interface SsoChange {
  tenantId: string;
  caller: string;
  /** Undefined ends single sign-on. */
  connection: SsoConnection | undefined;
}

/**
 * Has an operation change a tenant's single sign-on; its run is started through the relay of the API. False if the tenant cannot be changed now:
 * another operation is open, a domain has been withdrawn meanwhile, or the tenant is being removed. The next round then looks again.
 */
export async function acceptSso(
  { keys, pool }: Pick<Dependencies, 'keys' | 'pool'>,
  { tenantId, caller, connection }: SsoChange,
): Promise<boolean> {
  try {
    const done = await acceptChange(pool, keys, {
      kind: 'configure-sso',
      tenantId,
      caller,
      // Without an idempotency key no request is compared with another one.
      requestHash: createHash('sha256').update(`${caller} ${tenantId}`).digest(),
      parameters: { sso: connection ? 'connected' : 'disconnected' },
      alongside: async (client, operationId) => {
        if (connection) await storeConnection(client, keys, { tenantId, operationId, connection });
      },
    });
    return done.outcome === 'accepted';
  } catch (error) {
    if (error instanceof DomainsNotProved || error instanceof TenantKeyDestroyed) return false;
    throw toFailure(error, `the single sign-on of tenant ${tenantId}`, keys.classify);
  }
}
