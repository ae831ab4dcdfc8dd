import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { TendingActivities } from '../activities/interface-tending';
import { regionTaskQueue, TASK_QUEUE } from '../contract/messages';
import { TENDING_COUNTS, type TendingCounts } from '../contract/tending';

/** What a region's part of a round came to. */
interface RegionTended {
  counts: TendingCounts;
  problems: string[];
}

/** Problems that a failed round shows; all are counted. */
const SHOWN = 20;

/** Statements on the registry, and mail. */
const central = proxyActivities<TendingActivities>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '10m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumAttempts: 5 },
});

/**
 * A round through the buckets of all active tenants: what has expired is deleted, the rest measured, and quotas enforced. Ends as failed
 * when a bucket could not be looked after, so that it is seen; the next round comes by itself.
 */
export async function tendStorage(): Promise<TendingCounts> {
  const regions = await central.listTendedRegions();
  const tended = await Promise.all(regions.map(tendRegion));
  const problems = tended.flatMap((region) => region.problems);
  await unlessItFails('mail about quotas', problems, () => central.tellOfQuotas());
  const counts = addUp(tended.map((region) => region.counts));
  if (problems.length === 0) return counts;
  const more = problems.length > SHOWN ? ` (and ${problems.length - SHOWN} more)` : '';
  const message = `${problems.length} problems: ${problems.slice(0, SHOWN).join(' · ')}${more}`;
  throw ApplicationFailure.nonRetryable(message, 'ProviderUnavailable', counts);
}

/** Portion by portion, so that a worker that dies costs one portion. A region that is away keeps no other from its turn. */
async function tendRegion(region: string): Promise<RegionTended> {
  const { tendBuckets } = worker(region);
  const all: RegionTended = { counts: addUp([]), problems: [] };
  await unlessItFails(region, all.problems, async () => {
    for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
      const portion = await tendBuckets({ region, ...(after === undefined ? {} : { after }) });
      all.counts = addUp([all.counts, portion.counts]);
      all.problems.push(...portion.problems);
      after = portion.after;
    }
  });
  return all;
}

async function unlessItFails(what: string, problems: string[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    const { cause } = error;
    const why = cause instanceof TimeoutFailure ? `No worker did it in time (${cause.timeoutType}).` : cause?.message;
    problems.push(`${what}: not done. ${why}`);
  }
}

function addUp(parts: TendingCounts[]): TendingCounts {
  return Object.fromEntries(
    TENDING_COUNTS.map((count) => [count, parts.reduce((sum, part) => sum + part[count], 0)]),
  ) as TendingCounts;
}

/** Where a region's credentials are. One bucket is done in one go, however much it holds, so a portion may take long; heartbeats tell that it lives. */
function worker(region: string): Pick<TendingActivities, 'tendBuckets'> {
  return proxyActivities<TendingActivities>({
    taskQueue: regionTaskQueue(region),
    summary: `Retention and quotas: ${region}`,
    scheduleToStartTimeout: '10m',
    startToCloseTimeout: '2h',
    heartbeatTimeout: '20s',
    retry: { initialInterval: '10s', backoffCoefficient: 2, maximumAttempts: 3 },
  });
}
