import { log, proxyActivities, uuid4, type ActivityInterfaceFor } from '@temporalio/workflow';
import type { SweepActivities } from '../../activities/maintenance/interface-sweep';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';
import {
  GLOBAL_REGION,
  sweepIdOf,
  type SweepCounts,
  type SweepInput,
  type SweepPlan,
} from '../../contract/maintenance/sweeps';
import { aBoolean, aText, inputOf, listOf, matching, optional, TENANT_ID } from '../operations/received';
import { activitiesIn, reasonOf, settled } from '../operations/regional';

type Proxy = ActivityInterfaceFor<SweepActivities>;

/** The result of a sweep. */
export type SweepResult =
  { sweepId: string; state: 'done'; counts: SweepCounts } | { sweepId: string; state: 'refused'; reason: string };

/** Short statements on the registry. One that gets no answer ends the sweep; the schedule starts the next one. */
const registry = proxyActivities<SweepActivities>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '2m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumAttempts: 5 },
});

/**
 * Finds what no run can see: lost runs, and resources at providers that have no owner. Keeps them in quarantine for a grace period, then
 * resumes or removes them. Looks at everything before it acts on anything, because it acts only on what this very look has met.
 */
export async function sweep(input: SweepInput): Promise<SweepResult> {
  inputOf(input, {
    sweepId: optional(matching(/^sw_[0-9a-f]{32}$/)),
    requestedBy: aText,
    dryRun: aBoolean,
    tenants: optional(listOf(TENANT_ID)),
  });
  const sweepId = input.sweepId ?? sweepIdOf(uuid4());
  const beginning = await registry.beginSweep({ ...input, sweepId });
  if ('refused' in beginning) return { sweepId, state: 'refused', reason: beginning.refused };

  const { plan } = beginning;
  const regions = [...plan.regions, GLOBAL_REGION];
  await Promise.all([
    runPart(plan, 'runs', () => worker(GLOBAL_REGION, 'Look for lost runs').findLostRuns(plan)),
    ...regions.map((region) =>
      runPart(plan, region, () => worker(region, `Look for orphans: ${region}`).sweepRegion({ plan, region })),
    ),
  ]);
  if (!plan.dryRun)
    await Promise.all([
      runPart(plan, 'runs: due', () => worker(GLOBAL_REGION, 'Resume lost runs').resumeLostRuns(plan)),
      ...regions.map((region) =>
        runPart(plan, `${region}: due`, () =>
          worker(region, `Remove orphans: ${region}`).removeOrphans({ plan, region }),
        ),
      ),
    ]);
  return { sweepId, state: 'done', counts: await registry.concludeSweep({ sweepId }) };
}

/**
 * Runs a part of the sweep. If it fails – the region's worker is away, or Temporal or a provider does not answer – the failure is recorded and
 * the other parts continue.
 */
async function runPart({ sweepId }: SweepPlan, name: string, work: () => Promise<void>): Promise<void> {
  const { failure } = await settled(work);
  if (!failure) return;
  log.warn('A part of the sweep was not done', { part: name });
  const problem = `${name}: not done. ${reasonOf(failure)}`;
  await registry.recordUnanswered({ sweepId, part: name, problem });
}

/** Bounded in time, because the next sweep looks again. */
function worker(region: string, summary: string): Proxy {
  return activitiesIn<SweepActivities>(region, {
    summary,
    scheduleToStartTimeout: '2m',
    startToCloseTimeout: '10m',
    scheduleToCloseTimeout: '15m',
    retry: { initialInterval: '2s', backoffCoefficient: 2, maximumAttempts: 3 },
  });
}
