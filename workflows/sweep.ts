import {
  ActivityFailure,
  isCancellation,
  log,
  proxyActivities,
  TimeoutFailure,
  uuid4,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import type { SweepActivities } from '../activities/interface-sweep';
import { regionTaskQueue, TASK_QUEUE } from '../contract/messages';
import { GLOBAL_REGION, sweepIdOf, type SweepCounts, type SweepInput, type SweepPlan } from '../contract/sweeps';
import { aBoolean, aText, inputOf, listOf, matching, optional, TENANT_ID } from './received';

type Proxy = ActivityInterfaceFor<SweepActivities>;

/** What a sweep came to. */
export type SweepResult =
  { sweepId: string; state: 'done'; counts: SweepCounts } | { sweepId: string; state: 'refused'; reason: string };

/** Short statements on the registry. One that does not answer ends the sweep; the next one comes by itself. */
const registry = proxyActivities<SweepActivities>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '2m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumAttempts: 5 },
});

/**
 * Looks for what no run sees – lost runs, and things at providers that nobody owns – keeps it in quarantine for a while, and then resumes or
 * removes it. First everything is looked at and only then anything done: what is done depends on this very look.
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
  const places = [...plan.regions, GLOBAL_REGION];
  await Promise.all([
    part(plan, 'runs', () => worker(GLOBAL_REGION, 'Look for lost runs').findLostRuns(plan)),
    ...places.map((region) =>
      part(plan, region, () => worker(region, `Look for strays: ${region}`).sweepRegion({ plan, region })),
    ),
  ]);
  if (!plan.dryRun)
    await Promise.all([
      part(plan, 'runs: due', () => worker(GLOBAL_REGION, 'Resume lost runs').resumeLostRuns(plan)),
      ...places.map((region) =>
        part(plan, `${region}: due`, () => worker(region, `Remove strays: ${region}`).removeStrays({ plan, region })),
      ),
    ]);
  return { sweepId, state: 'done', counts: await registry.concludeSweep({ sweepId }) };
}

/** A part that fails – a region whose worker is away, a Temporal or provider that does not answer – is noted and keeps no other from its turn. */
async function part({ sweepId }: SweepPlan, name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    const { cause } = error;
    const why = cause instanceof TimeoutFailure ? `No worker did it in time (${cause.timeoutType}).` : cause?.message;
    const problem = `${name}: not done. ${why}`;
    log.warn('A part of the sweep was not done', { part: name });
    await registry.recordUnanswered({ sweepId, part: name, problem });
  }
}

/** Where a region's credentials are. Bounded: the next sweep looks again. */
function worker(region: string, summary: string): Proxy {
  return proxyActivities<SweepActivities>({
    taskQueue: region === GLOBAL_REGION ? TASK_QUEUE : regionTaskQueue(region),
    summary,
    scheduleToStartTimeout: '2m',
    startToCloseTimeout: '10m',
    scheduleToCloseTimeout: '15m',
    heartbeatTimeout: '20s',
    retry: { initialInterval: '2s', backoffCoefficient: 2, maximumAttempts: 3 },
  });
}
