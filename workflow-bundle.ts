import path from 'node:path';
import { bundleWorkflowCode, type Logger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { PAYLOAD_CONVERTER } from './contract/temporal/data-converter';

/** The interceptors that make spans in workflows. */
const TRACING = '@temporalio/interceptors-opentelemetry/lib/workflow-interceptors';

/** How workflows are bundled. */
export interface BundleOptions {
  root?: string;
  /** Whether the runs make spans. They replay the same either way. */
  traced?: boolean;
}

/** Bundles the workflows below `root`, together with the payload converter that decodes their messages. */
export function bundleWorkflows(
  logger: Logger,
  { root = __dirname, traced = false }: BundleOptions = {},
): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath: path.join(root, 'workflows'),
    payloadConverterPath: PAYLOAD_CONVERTER,
    ...(traced && { workflowInterceptorModules: [require.resolve(TRACING)] }),
    logger,
  });
}

/** File of the bundle with tracing beside the one without. */
export function tracedBundle(file: string): string {
  return file.replace(/(\.\w+)?$/, '-traced$1');
}
