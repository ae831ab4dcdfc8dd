import path from 'node:path';
import { bundleWorkflowCode, type Logger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { PAYLOAD_CONVERTER } from './contract/data-converter';

/** Bundles the workflows with what they decode messages with. */
export function bundleWorkflows(logger: Logger): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath: path.join(__dirname, 'workflows'),
    payloadConverterPath: PAYLOAD_CONVERTER,
    logger,
  });
}
