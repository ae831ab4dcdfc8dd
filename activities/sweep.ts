import { listIdleOperations } from '../registry/idle-operations';
import { hasLedger } from '../registry/strays';
import { closeForgottenSweeps, concludeSweep, openSweep, recordSweepPart, refuseSweep } from '../registry/sweeps';
import type { Dependencies } from './dependencies';
import type { SweepActivities } from './interface-sweep';
import { findStraysOf } from './sweep-region';
import { removeStraysOf } from './sweep-removal';
import { findLost, resumeLost } from './sweep-runs';

const EMPTY_LEDGER =
  'The ledger is empty, so everything at the providers would look like nobody’s. Restore the registry, or look whether REGISTRY_URL names the right one.';

/** What the sweeper does; each part notes what it has to say in the registry. */
export function createSweep(dependencies: Dependencies): SweepActivities {
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
          ...{ sweepId, requestedBy, dryRun, tenants, graceSeconds, leaseSeconds },
          regions: regions.map(({ name }) => name),
        },
      };
    },

    async findLostRuns(plan) {
      const idle = await listIdleOperations(pool, plan.leaseSeconds);
      await recordSweepPart(pool, plan.sweepId, 'runs', await findLost(dependencies, plan, idle));
    },

    async sweepRegion({ plan, region }) {
      await recordSweepPart(pool, plan.sweepId, region, await findStraysOf(dependencies, plan, region));
    },

    async resumeLostRuns(plan) {
      await recordSweepPart(pool, plan.sweepId, 'runs: due', await resumeLost(dependencies, plan));
    },

    async removeStrays({ plan, region }) {
      await recordSweepPart(pool, plan.sweepId, `${region}: due`, await removeStraysOf(dependencies, plan, region));
    },

    async recordUnanswered({ sweepId, part, problem }) {
      await recordSweepPart(pool, sweepId, `${part}: unanswered`, { counts: {}, problems: [problem], findings: [] });
    },

    concludeSweep: ({ sweepId }) => concludeSweep(pool, sweepId),
  };
}
