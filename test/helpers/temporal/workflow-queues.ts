import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { regionTaskQueue, TASK_QUEUE, WEBHOOK_TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { createTimeSkipping } from './time-skipping';
import { workflowBundle } from './workflow-bundle';

/** A time-skipping server with a worker on every task queue. */
export interface WorkflowQueues {
  env: TestWorkflowEnvironment;
  stop(): Promise<void>;
}

/** Starts workers on the global task queue, where the workflows run, and on those of some regions. */
export async function startOnQueues(
  regions: readonly string[],
  activitiesOn: (taskQueue: string) => object,
): Promise<WorkflowQueues> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const env = await createTimeSkipping();
  const on = (taskQueue: string, more: { workflowBundle?: { code: string } } = {}): Promise<Worker> =>
    Worker.create({ connection: env.nativeConnection, taskQueue, activities: activitiesOn(taskQueue), ...more });
  const workers = await Promise.all([
    on(TASK_QUEUE, { workflowBundle: await workflowBundle() }),
    on(WEBHOOK_TASK_QUEUE),
    ...regions.map((region) => on(regionTaskQueue(region))),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    env,
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await env.teardown();
    },
  };
}
