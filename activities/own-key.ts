import { rotateTenantKey } from '../registry/key-rotation';
import { listResources } from '../registry/ledger';
import type { LoadedOperation } from '../registry/operations';
import { findTenantKey } from '../registry/tenant-keys';
import type { Dependencies } from './dependencies';
import { failure, toFailure } from './failures';
import type { Activities } from './interface';
import { loadPlaced } from './operation';

/**
 * Step 2, for a tenant with a key of its own: the key, and a new data key under it. The data key the order came with was wrapped by the control
 * plane's ring; nothing that was or will be encrypted for the tenant depends on that one any more.
 */
export function createOwnKey(dependencies: Dependencies): Pick<Activities, 'provisionOwnKey'> {
  const { effects, keys, kinds, pool } = dependencies;
  return {
    async provisionOwnKey(input) {
      const { tenantId, region, inRegion } = await loadPlaced(dependencies, input);
      const { id: keyId } = await effects.ensure(kinds.of(keys.ownKey), inRegion(''), {});
      if ((await findTenantKey(pool, tenantId))?.keyId === keyId) return;
      const under = { provider: 'aws-kms' as const, keyId, region };
      try {
        const { outcome } = await rotateTenantKey(pool, keys, { tenantId, actor: 'workflow', under });
        if (outcome === 'rotated') return;
      } catch (error) {
        throw toFailure(error, `data key of tenant ${tenantId}`, keys.classify);
      }
      throw failure('CompensationBegun', `The data key of tenant ${tenantId} is gone: its run is being compensated.`);
    },
  };
}

/** The key of the tenant's own that its objects are to lie under; undefined when it ordered none. Throws when it did and there is none. */
export async function ownKeyOf(
  { keys, pool }: Pick<Dependencies, 'keys' | 'pool'>,
  { order, tenantId }: Pick<LoadedOperation, 'order' | 'tenantId'>,
): Promise<string | undefined> {
  if (order.compliance?.encryptionLevel !== 'enhanced') return undefined;
  const { kind } = keys.ownKey;
  const row = (await listResources(pool, tenantId)).find((each) => each.kind === kind && each.state === 'present');
  if (row) return row.externalId!;
  throw failure('InternalError', `Tenant ${tenantId} ordered a key of its own, and the ledger has none.`);
}
