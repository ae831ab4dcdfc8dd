import { makeContinueAsNewFunc, workflowInfo } from '@temporalio/workflow';
import type { DeprovisionInput } from '../../contract/operations/messages';
import type { RemovalRun } from './waits';

/** Continues on the build that is current now. */
const goOn = makeContinueAsNewFunc<(input: DeprovisionInput) => Promise<unknown>>({
  initialVersioningBehavior: 'AUTO_UPGRADE',
});

/**
 * Ends a run that has waited and is pinned to a build, and goes on with the pivot in a new run, which is pinned to the build that is current by
 * then: the old build may be months old, and what it would remove is what it knew. Runs that are not pinned move along by themselves.
 */
export async function moveToPresentBuild(run: RemovalRun): Promise<void> {
  const { input, hasWaited, cancelRequested } = run;
  if (!hasWaited || cancelRequested || !workflowInfo().currentDeploymentVersion?.deploymentName) return;
  const { region, export: exported } = input;
  await goOn({ ...input, resume: { as: 'go-on', region, skipped: exported ? [] : ['export'] } });
}
