import type { RegionSettings } from '../../config/regions';
import { listIdleOperations } from '../../registry/operations/idle';
import { hasLedger } from '../../registry/ledger/orphans';
import {
  closeForgottenSweeps,
  concludeSweep,
  openSweep,
  recordSweepPart,
  refuseSweep,
} from '../../registry/maintenance/sweeps';
import type { Dependencies } from '../dependencies';
import type { SweepActivities } from './interface-sweep';
import { findOrphansOf } from './sweep-region';
import { removeOrphansOf } from './sweep-removal';
import { findLost, resumeLost } from './sweep-runs';

const EMPTY_LEDGER =
  'The ledger is empty, so every resource at the providers would look like an orphan. Restore the registry, or check that REGISTRY_URL names the right one.';

interface SweepDependencies extends Pick<Dependencies, 'pool' | 'runs' | 'signal'> {
  effects: Pick<Dependencies['effects'], 'releaseOrphan'>;
  kinds: Pick<Dependencies['kinds'], 'all'>;
  regions: Pick<RegionSettings, 'name'>[];
  settings: Pick<Dependencies['settings'], 'compensationSeconds' | 'sweep'>;
}

/** The activities of the sweeper; each part records its results in the registry. */
export function createSweep(dependencies: SweepDependencies): SweepActivities {
  const { pool, regions, settings } = dependencies;
  return {
    async beginSweep({ sweepId, requestedBy, dryRun, tenants = [] }) {
      await openSweep(pool, { sweepId, requestedBy, dryRun });
      await closeForgottenSweeps(pool);
      if (!(await hasLedger(pool))) {
        await refuseSweep(pool, sweepId, EMPTY_LEDGER);
        return { refused: EMPTY_LEDGER };
      }
      const { graceSeconds, leaseSeconds } = settings.sweep;
      return {
        plan: {
          sweepId,
          requestedBy,
          dryRun,
          tenants,
          graceSeconds,
          leaseSeconds,
          regions: regions.map(({ name }) => name),
        },
      };
    },

    async findLostRuns(plan) {
      const idle = await listIdleOperations(pool, plan.leaseSeconds);
      await recordSweepPart(pool, plan.sweepId, 'runs', await findLost(dependencies, plan, idle));
    },

    async sweepRegion({ plan, region }) {
      await recordSweepPart(pool, plan.sweepId, region, await findOrphansOf(dependencies, plan, region));
    },

    async resumeLostRuns(plan) {
      await recordSweepPart(pool, plan.sweepId, 'runs: due', await resumeLost(dependencies, plan));
    },

    async removeOrphans({ plan, region }) {
      await recordSweepPart(pool, plan.sweepId, `${region}: due`, await removeOrphansOf(dependencies, plan, region));
    },

    async recordUnanswered({ sweepId, part, problem }) {
      await recordSweepPart(pool, sweepId, `${part}: unanswered`, { counts: {}, problems: [problem], findings: [] });
    },

    concludeSweep: ({ sweepId }) => concludeSweep(pool, sweepId),
  };
}
