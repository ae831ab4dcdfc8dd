import { readFileSync } from 'node:fs';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { workflowBundleFile } from '../../../stack/product/build';

/** The workflow bundle of this checkout, which all test processes share. */
export async function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  return { code: readFileSync(await workflowBundleFile(), 'utf8'), sourceMap: '' };
}
