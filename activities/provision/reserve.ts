import { demandOf } from '../../registry/capacity/choose-region';
import { recordOutcome } from '../../registry/operations/transitions';
import type { Dependencies, StepDependencies } from '../dependencies';
import { failure } from '../../providers/port/failures';
import type { Activities } from '../operations/interface';
import { loadOperation } from '../operations/load-operation';
import { computeCellsOf } from './placement';
import { rememberingProbes } from '../verification/probes';
import { reservationCheck } from '../verification/residency';

interface ReserveDependencies extends StepDependencies, Pick<Dependencies, 'activity' | 'regions'> {
  pool: Dependencies['pool'];
  registry: Pick<Dependencies['registry'], 'reservation'>;
  settings: Pick<Dependencies['settings'], 'appDomain'>;
}

/** Step 2: reserves everything the tenant will need before anything is made. */
export function createReserve(dependencies: ReserveDependencies): Pick<Activities, 'reserveResources'> {
  const { effects, kinds, pool, registry, regions, settings } = dependencies;
  return {
    async reserveResources({ operationId, step, region }) {
      const { tenantId, order, template } = await loadOperation(dependencies, operationId);
      const regionSettings = regions.find((entry) => entry.name === region);
      if (!regionSettings) throw failure('RegionNotFound', `This worker's regions file has no region ${region}.`);
      const residency = reservationCheck(regionSettings, order);
      if (!residency.passed)
        throw failure(
          'ResidencyNotPossible',
          `Not reserved. Required: ${residency.claim}. Found: ${residency.answered}.`,
          { pointer: '/compliance/dataResidency' },
        );
      await recordOutcome(pool, { operationId, status: 'provisioning', region });
      await effects.ensure(
        kinds.of(registry.reservation),
        { operationId, tenantId, step, region },
        {
          ...demandOf(template.resources, { region, computeCells: computeCellsOf(regionSettings) }),
          hostname: `${order.tenantName}.${settings.appDomain}`,
        },
      );
      const probes = await rememberingProbes(pool, { tenantId, operationId, askedBy: dependencies.activity() });
      await probes.of('registry', region)('reservation', () => Promise.resolve([residency]));
      await probes.keep();
    },
  };
}
