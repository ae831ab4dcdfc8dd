import { TypedSearchAttributes } from '@temporalio/common';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm';
import type { Workflow } from '@temporalio/worker/lib/workflow/interface';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker';
import Long from 'long';

/** Creates instances of the real workflow code, in the sandbox that the SDK's worker uses. */
export async function createWorkflowFactory(
  bundle: { code: string },
  activities: readonly string[],
): Promise<ReusableVMWorkflowCreator> {
  // Recording stack traces of every promise, which nothing reads here, would take most of the time.
  globalHandlers.installed = true;
  return ReusableVMWorkflowCreator.create(parseWorkflowCode(bundle.code), 10_000, new Set(activities));
}

/** A workflow to instantiate. */
export interface NewWorkflow {
  workflowId: string;
  runId: string;
  workflowType: string;
  /** Virtual milliseconds since 1970. */
  startedAt: number;
  seed: number;
}

/** Instantiates the real code of one run. */
export function createWorkflow(factory: ReusableVMWorkflowCreator, of: NewWorkflow): Promise<Workflow> {
  const { workflowId, runId, workflowType, startedAt, seed } = of;
  const startTime = new Date(startedAt);
  const info = {
    workflowId,
    runId,
    workflowType,
    startTime,
    runStartTime: startTime,
    attempt: 1,
    searchAttributes: {},
    typedSearchAttributes: new TypedSearchAttributes(),
    taskQueue: 'provisioning',
    namespace: 'default',
    firstExecutionRunId: runId,
    originalExecutionRunId: runId,
    taskTimeoutMs: 10_000,
    historyLength: 1,
    historySize: 1,
    continueAsNewSuggested: false,
    targetWorkerDeploymentVersionChanged: false,
    suggestedContinueAsNewReasons: [],
    currentBuildId: '',
    unsafe: { now: () => Date.now(), isReplaying: false, isReplayingHistoryEvents: false, random: Math.random },
    priority: {},
  };
  return factory.createWorkflow({
    info: info as never,
    randomnessSeed: Long.fromNumber(seed).toBytes(),
    now: startedAt,
    showStackTraceSources: false,
  });
}
