import type { DataConverter } from '@temporalio/common';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, type NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { activityInterceptor } from '../../../worker/interceptor';
import { newOperationId } from '../../../contract/ids';
import { KINDS } from '../../../contract/operations/kinds';
import { operationWorkflowId, type ProvisionTenantInput } from '../../../contract/operations/messages';
import { regionTaskQueue, TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { journalingActivities, provisionInput, REGION, type Activities, type Journal } from './journal';
import { workflowBundle } from './workflow-bundle';
import type { provisionTenant } from '../../../workflows';
import { createTimeSkipping } from './time-skipping';

/** A time-skipping server with workers on both task queues, whose activities only keep a journal. */
export interface Harness {
  journal: Journal;
  /** Replace one to make it fail, wait or signal. */
  activities: Activities;
  start(input?: Partial<ProvisionTenantInput>): Promise<WorkflowHandleWithFirstExecutionRunId<typeof provisionTenant>>;
  env: TestWorkflowEnvironment;
  stop(): Promise<void>;
}

/** Starts the harness; `journal` and `activities` are reset with {@link resetHarness}. */
export async function startHarness(): Promise<Harness> {
  // The failures these tests provoke would fill the report.
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const env = await createTimeSkipping();
  const journal: Journal = [];
  const activities = journalingActivities(journal);
  const stopWorkers = await startWorkers(env, activities);
  return {
    env,
    journal,
    activities,
    start: (input) => {
      const operationId = newOperationId();
      return env.client.workflow.start<typeof provisionTenant>(KINDS.provision.workflow, {
        taskQueue: TASK_QUEUE,
        workflowId: operationWorkflowId(operationId),
        args: [{ ...provisionInput(operationId), ...input }],
      });
    },
    stop: async () => {
      await stopWorkers();
      await env.teardown();
    },
  };
}

/** Workers on both task queues, that read and write histories as `dataConverter` says; the answer stops them. */
export async function startWorkers(
  { nativeConnection: connection, namespace = 'default' }: { nativeConnection: NativeConnection; namespace?: string },
  activities: Activities,
  dataConverter: DataConverter = {},
): Promise<() => Promise<void>> {
  const dispatch = Object.fromEntries(
    Object.keys(activities).map((name) => [name, (input: never) => activities[name as keyof Activities](input)]),
  );
  const interceptors = { activity: [activityInterceptor(() => Promise.resolve())] };
  const common = { connection, namespace, activities: dispatch, dataConverter, interceptors };
  const workers = [
    await Worker.create({ ...common, taskQueue: TASK_QUEUE, workflowBundle: await workflowBundle() }),
    await Worker.create({ ...common, taskQueue: regionTaskQueue(REGION) }),
  ];
  const running = Promise.all(workers.map((worker) => worker.run()));
  return async () => {
    for (const worker of workers) worker.shutdown();
    await running;
  };
}

/** Forgets what earlier tests did and how they made activities behave. */
export function resetHarness(harness: Harness): void {
  harness.journal.length = 0;
  Object.assign(harness.activities, journalingActivities(harness.journal));
}
