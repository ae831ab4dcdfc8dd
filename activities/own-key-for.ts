import { listResources } from '../registry/ledger';
import type { Dependencies } from './dependencies';
import { failure } from './failures';
import type { PlacedOperation } from './operation';

/**
 * The key of the tenant's own that step 2 has made, by its ARN; undefined where the order asks for none. Throws `CompensationBegun` when it
 * asks for one and the key is not there: nothing of such a tenant is to lie under another.
 */
export async function ownKeyFor(
  { pool }: Dependencies,
  { tenantId, order }: Pick<PlacedOperation, 'tenantId' | 'order'>,
): Promise<string | undefined> {
  if (order.compliance?.encryptionLevel !== 'enhanced') return undefined;
  const rows = await listResources(pool, tenantId);
  const key = rows.find(({ kind, state }) => kind === 'kms-key' && state === 'present');
  if (key?.externalId) return key.externalId;
  throw failure('CompensationBegun', `The key of tenant ${tenantId} is gone: its run is being compensated.`);
}
