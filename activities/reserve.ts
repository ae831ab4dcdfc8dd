import { recordOutcome } from '../registry/operations';
import type { Dependencies } from './dependencies';
import { failure } from './failures';
import type { Activities } from './interface';
import { loadOperation } from './operation';
import { demandOf } from './placement';

/** Step 2: everything the tenant will need is its own before anything is made. */
export function createReserve(dependencies: Dependencies): Pick<Activities, 'reserveResources'> {
  const { effects, kinds, pool, registry, regions, settings } = dependencies;
  return {
    async reserveResources({ operationId, step, region }) {
      const { tenantId, order, template } = await loadOperation(dependencies, operationId);
      const settingsOf = regions.find((entry) => entry.name === region);
      if (!settingsOf) throw failure('RegionNotFound', `This worker's regions file has no region ${region}.`);
      await recordOutcome(pool, { operationId, status: 'provisioning', region });
      await effects.ensure(
        kinds.of(registry.reservation),
        { operationId, tenantId, step, region },
        { ...demandOf(template.resources, settingsOf), hostname: `${order.tenantName}.${settings.appDomain}` },
      );
    },
  };
}
