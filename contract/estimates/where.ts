import type { Step } from '../operations/steps';
import { regionTaskQueue, TASK_QUEUE } from '../temporal/task-queues';

/** Steps whose activities touch only the tenant's region, and steps that touch more than that. Any worker carries out the others. */
const REGIONAL: readonly Step[] = ['database', 'storage-and-compute', 'security', 'export'];
const BOTH: readonly Step[] = ['verify', 'remove', 'prove'];

/** The task queues that the activities of a step wait in. */
export function taskQueuesOf(step: Step, region: string | null): string[] {
  const regional = region === null ? [] : [regionTaskQueue(region)];
  if (REGIONAL.includes(step)) return regional;
  return BOTH.includes(step) ? [...regional, TASK_QUEUE] : [TASK_QUEUE];
}
