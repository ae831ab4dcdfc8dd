import { ApplicationFailure, patched, proxyActivities } from '@temporalio/workflow';
import type { EventUpkeepActivities, StorageUpkeepActivities } from '../../activities/maintenance/interface-upkeep';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';
import { STORAGE_UPKEEP_COUNTS, type StorageUpkeepCounts } from '../../contract/maintenance/storage-upkeep';
import { activitiesIn, reasonOf, settled } from '../operations/regional';

/** The result of a round in one region. */
interface RegionUpkeepResult {
  counts: StorageUpkeepCounts;
  problems: string[];
}

/** How many problems the message of a failed round lists; all are counted. */
const SHOWN = 20;

/** Activities that need no region: statements on the registry, and mail. */
const central = proxyActivities<StorageUpkeepActivities & EventUpkeepActivities>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '10m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumAttempts: 5 },
});

/**
 * One round through the buckets of all active tenants: deletes what has expired, measures the rest and enforces quotas; then deletes old
 * events. Fails when a bucket could not be maintained, so that operators see it in Temporal; the schedule starts the next round all the same.
 */
export async function storageUpkeep(): Promise<StorageUpkeepCounts> {
  const regions = await central.listUpkeepRegions();
  const results = await Promise.all(regions.map(maintainRegion));
  const problems = results.flatMap((result) => result.problems);
  await noteProblem('mail about quotas', problems, () => central.mailQuotaChanges());
  if (patched('forget-old-events'))
    await noteProblem('deletion of old events', problems, async () => void (await central.forgetOldEvents()));
  const counts = addUp(results.map((result) => result.counts));
  if (problems.length === 0) return counts;
  const more = problems.length > SHOWN ? ` (and ${problems.length - SHOWN} more)` : '';
  const message = `${problems.length} problems: ${problems.slice(0, SHOWN).join(' · ')}${more}`;
  throw ApplicationFailure.nonRetryable(message, 'ProviderUnavailable', counts);
}

/** Works portion by portion, so that a worker that dies costs only one. A region that is unavailable delays no other. */
async function maintainRegion(region: string): Promise<RegionUpkeepResult> {
  const { maintainBuckets } = worker(region);
  const all: RegionUpkeepResult = { counts: addUp([]), problems: [] };
  await noteProblem(region, all.problems, async () => {
    for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
      const portion = await maintainBuckets({ region, ...(after === undefined ? {} : { after }) });
      all.counts = addUp([all.counts, portion.counts]);
      all.problems.push(...portion.problems);
      after = portion.after;
    }
  });
  return all;
}

async function noteProblem(what: string, problems: string[], work: () => Promise<void>): Promise<void> {
  const { failure } = await settled(work);
  if (failure) problems.push(`${what}: not done. ${reasonOf(failure)}`);
}

/** A worker of an earlier version leaves out the counts that it does not know. */
function addUp(parts: Partial<StorageUpkeepCounts>[]): StorageUpkeepCounts {
  return Object.fromEntries(
    STORAGE_UPKEEP_COUNTS.map((count) => [count, parts.reduce((sum, part) => sum + (part[count] ?? 0), 0)]),
  ) as StorageUpkeepCounts;
}

/** A bucket is done in one go, however much it holds, so a portion may take long; heartbeats show that the worker is alive. */
function worker(region: string): Pick<StorageUpkeepActivities, 'maintainBuckets'> {
  return activitiesIn<StorageUpkeepActivities>(region, {
    summary: `Retention and quotas: ${region}`,
    scheduleToStartTimeout: '10m',
    startToCloseTimeout: '2h',
    retry: { initialInterval: '10s', backoffCoefficient: 2, maximumAttempts: 3 },
  });
}
