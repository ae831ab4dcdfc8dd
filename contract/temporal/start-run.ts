import type { WorkflowStartOptions } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { RunStart } from './run-starts';
import { TASK_QUEUE } from './task-queues';

/** The part of Temporal's client that starts runs. */
export interface RunStarter {
  workflow: { start(workflowType: string, options: WorkflowStartOptions): Promise<unknown> };
}

/** Starts a run. `exists`: its policies keep the run that already has this id. Throws when Temporal does not answer. */
export async function startRun(
  client: RunStarter,
  { workflowType, ...options }: RunStart,
  taskQueue = TASK_QUEUE,
): Promise<'started' | 'exists'> {
  try {
    await client.workflow.start(workflowType, { ...options, taskQueue });
    return 'started';
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'exists';
    throw error;
  }
}
