import {
  ActivityFailure,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
  type ActivityInterfaceFor,
  type ActivityOptions,
  type UntypedActivities,
} from '@temporalio/workflow';
import { GLOBAL_REGION } from '../../contract/maintenance/sweeps';
import { regionTaskQueue, TASK_QUEUE } from '../../contract/temporal/task-queues';

/** Activities of the region's worker, which has its credentials; of the central worker for `global`. */
export function activitiesIn<A = UntypedActivities>(region: string, options: ActivityOptions): ActivityInterfaceFor<A> {
  const taskQueue = region === GLOBAL_REGION ? TASK_QUEUE : regionTaskQueue(region);
  return proxyActivities<A>({ taskQueue, heartbeatTimeout: '20s', ...options });
}

/**
 * The result of an activity, or the failure that ended its last attempt, so that the caller can go on with its other parts. A cancellation, and
 * everything that is no failure of an activity, is thrown.
 */
export async function settled<T>(
  work: () => Promise<T>,
): Promise<{ result: T; failure?: undefined } | { result?: undefined; failure: ActivityFailure }> {
  try {
    return { result: await work() };
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return { failure: error };
  }
}

/** Why an activity failed, for operators. */
export function reasonOf({ cause }: ActivityFailure): string {
  return cause instanceof TimeoutFailure
    ? `No worker completed it in time (${cause.timeoutType}).`
    : (cause?.message ?? 'No reason was given.');
}
