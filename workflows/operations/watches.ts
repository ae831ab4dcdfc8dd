import { proxyActivities, setWorkflowOptions, workflowInfo, type ActivityInterfaceFor } from '@temporalio/workflow';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';

// A watch is a run that follows something of a tenant for weeks or months. Only the registry knows how things stand: the run reads it whenever
// it wakes.

/** The longest sleep: however clocks jump meanwhile, the run looks at the registry this often. */
export const LONGEST_SLEEP_SECONDS = 7 * 86_400;

/** Pauses while something cannot be done: a minute at first, and at most a quarter of a day. */
export const FIRST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 6 * 3_600;

/** The pause that follows one of this length. */
export function nextPause(seconds: number): number {
  return Math.min(2 * seconds, LONGEST_PAUSE_SECONDS);
}

/** The activities of a watch, retried until the registry, and what else they ask, answers. */
export function watchActivities<T extends object>(startToCloseTimeout: '30s' | '2m'): ActivityInterfaceFor<T> {
  return proxyActivities<T>({
    taskQueue: TASK_QUEUE,
    startToCloseTimeout,
    heartbeatTimeout: '20s',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '1m' },
  });
}

/**
 * Lets the runs of a workflow move to newer builds: pinned to the build that began it, a watch would keep that build from being drained.
 * Changes of the workflow must therefore replay the histories of open runs.
 */
export function followsBuilds<Args extends unknown[]>(workflow: (...args: Args) => Promise<unknown>): void {
  // A worker without versions cannot complete a task that names a behavior.
  const behavior = () =>
    workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' as const } : {};
  setWorkflowOptions(behavior, workflow);
}
