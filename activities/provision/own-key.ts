import type { KeyKeeper } from '../../contract/keys/key-wrapping';
import type { Queryable } from '../../registry/database';
import { rotateTenantKey } from '../../registry/keys/rotation';
import { listResources } from '../../registry/ledger/ledger';
import type { LoadedOperation } from '../../registry/operations/operations';
import { findTenantKey } from '../../registry/keys/tenant-keys';
import type { Dependencies, KindName, StepDependencies } from '../dependencies';
import { failure, toFailure } from '../../providers/port/failures';
import type { Activities } from '../operations/interface';
import { loadPlaced } from '../operations/load-operation';

interface OwnKeyDependencies extends StepDependencies {
  keys: KeyKeeper & Pick<Dependencies['keys'], 'classify' | 'ownKey'>;
  pool: Dependencies['pool'];
}

/**
 * Step 2, for a tenant with a key of its own: makes that key, and a new data key under it. The first data key, made with the order, was
 * wrapped by the control plane's ring; afterwards nothing that was or will be encrypted for the tenant depends on it.
 */
export function createOwnKey(dependencies: OwnKeyDependencies): Pick<Activities, 'provisionOwnKey'> {
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

/** What {@link ownKeyOf} takes. */
export interface OwnKeyLookup {
  keys: { ownKey: KindName };
  pool: Queryable;
}

/** The tenant's own key, which encrypts its objects; undefined if it ordered none. Throws if it ordered one that does not exist. */
export async function ownKeyOf(
  { keys, pool }: OwnKeyLookup,
  { order, tenantId }: Pick<LoadedOperation, 'order' | 'tenantId'>,
): Promise<string | undefined> {
  if (order.compliance?.encryptionLevel !== 'enhanced') return undefined;
  const { kind } = keys.ownKey;
  const row = (await listResources(pool, tenantId)).find((each) => each.kind === kind && each.state === 'present');
  if (row) return row.externalId!;
  throw failure('InternalError', `Tenant ${tenantId} ordered a key of its own, but the ledger has none.`);
}
