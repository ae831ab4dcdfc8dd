import { recordOutcome } from '../registry/outcomes';
import type { Dependencies } from './dependencies';
import { failure } from './failures';
import type { Activities } from './interface';
import { loadOperation } from './operation';
import { demandOf } from './placement';
import { rememberingProbes } from './probes';
import { reservationCheck } from './residency';

/** Step 2: everything the tenant will need is its own before anything is made. */
export function createReserve(dependencies: Dependencies): Pick<Activities, 'reserveResources'> {
  const { effects, kinds, pool, registry, regions, settings } = dependencies;
  return {
    async reserveResources({ operationId, step, region }) {
      const { tenantId, order, template } = await loadOperation(dependencies, operationId);
      const settingsOf = regions.find((entry) => entry.name === region);
      if (!settingsOf) throw failure('RegionNotFound', `This worker's regions file has no region ${region}.`);
      const residency = reservationCheck(settingsOf, order);
      if (!residency.passed)
        throw failure('ResidencyNotPossible', `Not reserved: ${residency.claim}, but it is ${residency.answered}.`, {
          pointer: '/compliance/dataResidency',
        });
      await recordOutcome(pool, { operationId, status: 'provisioning', region });
      await effects.ensure(
        kinds.of(registry.reservation),
        { operationId, tenantId, step, region },
        { ...demandOf(template.resources, settingsOf), hostname: `${order.tenantName}.${settings.appDomain}` },
      );
      const probes = await rememberingProbes(pool, { tenantId, operationId, askedBy: dependencies.activity() });
      await probes.of('registry', region)('reservation', () => Promise.resolve([residency]));
      await probes.keep();
    },
  };
}
