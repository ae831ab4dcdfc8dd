import path from 'node:path';
import { bundleWorkflowCode, type Logger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { PAYLOAD_CONVERTER } from './contract/data-converter';

/** Bundles the workflows below `root` with what they decode messages with. */
export function bundleWorkflows(logger: Logger, root = __dirname): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath: path.join(root, 'workflows'),
    payloadConverterPath: PAYLOAD_CONVERTER,
    logger,
  });
}
