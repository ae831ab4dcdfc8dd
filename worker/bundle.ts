import { existsSync } from 'node:fs';
import { Runtime, type WorkflowBundleOption } from '@temporalio/worker';
import { bundleWorkflows, tracedBundle } from '../workflow-bundle';

/**
 * The workflow bundle made at build time, or one made now if `built` is undefined. With tracing, the bundle beside `built` is taken, whose
 * workflows make spans; a build without it takes seconds longer to start.
 */
export async function workflowBundleOf(built: string | undefined, traced: boolean): Promise<WorkflowBundleOption> {
  const file = built === undefined || !traced ? built : tracedBundle(built);
  if (file !== undefined && (!traced || existsSync(file))) return { codePath: file };
  return bundleWorkflows(Runtime.instance().logger, { traced });
}
