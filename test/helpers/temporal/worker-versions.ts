import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { Logger } from '@temporalio/worker';
import { operationWorkflowId } from '../../../contract/operations/messages';
import { bundleWorkflows } from '../../../workflow-bundle';
import type { TestProduct } from '../product';
import { copyProject, edit, replaceOnce } from '../documents/project-copy';

/** gRPC's NOT_FOUND and FAILED_PRECONDITION. */
const NOT_SEEN_YET = [5, 9];
const { VersionDrainageStatus } = temporal.api.enums.v1;
const { ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS } = temporal.api.enums.v1.RoutingConfigUpdateState;

/** What a server of a busy machine may take to see a build's workers and to tell every queue of them. */
const ROLL_OUT_MS = 120_000;

/** The deployment of the tests' workers. */
const DEPLOYMENT = 'provisioner';

/** What a worker of this build is told. */
export function buildEnvironment(build: string): Record<string, string> {
  return { TEMPORAL_DEPLOYMENT_NAME: DEPLOYMENT, TEMPORAL_WORKER_BUILD_ID: build };
}

/**
 * Lets new runs begin on this build, as `temporal worker deployment set-current-version` does. Resolves once every queue knows. The server refuses
 * it until it has seen the build's workers poll every queue that the current build serves, which is a moment after they say so. It is asked once
 * only: each further request would make the server tell every queue again.
 */
export async function makeCurrent({ temporal: { workflowService }, namespace }: TestProduct, build: string) {
  const deployment = { namespace, deploymentName: DEPLOYMENT };
  const deadline = Date.now() + ROLL_OUT_MS;
  for (; ; await sleep(250)) {
    try {
      await workflowService.setWorkerDeploymentCurrentVersion({ ...deployment, buildId: build, identity: 'test' });
      break;
    } catch (error) {
      if (!isGrpcServiceError(error) || !NOT_SEEN_YET.includes(error.code) || Date.now() > deadline) throw error;
    }
  }
  for (; ; await sleep(250)) {
    const { workerDeploymentInfo } = await workflowService.describeWorkerDeployment(deployment);
    if (workerDeploymentInfo?.routingConfigUpdateState !== ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS) return;
    if (Date.now() > deadline)
      throw new Error(`Build ${build} is not current on every queue after ${ROLL_OUT_MS / 1000} s.`);
  }
}

/** Whether runs are still open on a build that gets no new ones: `DRAINING` or `DRAINED`; `UNSPECIFIED` of one that gets new runs. */
export async function drainage(
  { temporal: { workflowService }, namespace }: TestProduct,
  build: string,
): Promise<string> {
  const { workerDeploymentVersionInfo } = await workflowService.describeWorkerDeploymentVersion({
    namespace,
    deploymentVersion: { deploymentName: DEPLOYMENT, buildId: build },
  });
  const status = workerDeploymentVersionInfo?.drainageInfo?.status ?? 0;
  return VersionDrainageStatus[status]!.replace('VERSION_DRAINAGE_STATUS_', '');
}

/** Resolves once no run is open on the build. */
export async function untilDrained(product: TestProduct, build: string, timeout: number): Promise<void> {
  for (const deadline = Date.now() + timeout; ; await sleep(200)) {
    const status = await drainage(product, build);
    if (status === 'DRAINED') return;
    if (Date.now() > deadline) throw new Error(`Build ${build} is ${status} after ${timeout} ms, not DRAINED.`);
  }
}

/** Where a run was worked on, as Temporal's server has it. */
export interface WorkedOn {
  /** What the server routes the run's next task by. */
  pinnedTo: string;
  /** Builds that completed its workflow tasks. */
  builds: string[];
  /** Worker processes that did its workflow tasks and activities, on every queue. */
  workers: string[];
  /** Why workflow tasks failed: code that cannot replay the run, for instance. */
  failedTasks: string[];
}

/** Asks Temporal's server who worked on the run of an operation. */
export async function workedOn({ temporal: client }: TestProduct, operationId: string): Promise<WorkedOn> {
  const handle = client.workflow.getHandle(operationWorkflowId(operationId));
  const [{ raw }, { events }] = await Promise.all([handle.describe(), handle.fetchHistory()]);
  const builds = new Set<string>();
  const workers = new Set<string>();
  const failedTasks: string[] = [];
  for (const event of events ?? []) {
    const completed = event.workflowTaskCompletedEventAttributes;
    if (completed) builds.add(completed.deploymentVersion?.buildId ?? 'none');
    const begun = event.workflowTaskStartedEventAttributes ?? event.activityTaskStartedEventAttributes;
    if (begun) workers.add(begun.identity ?? 'unknown');
    const failed = event.workflowTaskFailedEventAttributes;
    if (failed) failedTasks.push(failed.failure?.message ?? 'unknown');
  }
  const versioning = raw.workflowExecutionInfo?.versioningInfo;
  return {
    pinnedTo: versioning?.deploymentVersion?.buildId ?? 'none',
    builds: [...builds],
    workers: [...workers],
    failedTasks,
  };
}

/** Bundles the workflows with one place changed, as a later release might have them. Throws unless the place is there exactly once. */
export async function bundleChanged(
  file: string,
  before: string,
  after: string,
  logger: Logger,
): Promise<{ bundle: string; remove(): void }> {
  const copy = copyProject('changed', ['workflows', 'contract']);
  edit(copy, file, (source) => replaceOnce(source, before, after, file));
  const { code } = await bundleWorkflows(logger, { root: copy.directory });
  const bundle = path.join(copy.directory, 'workflow-bundle.js');
  writeFileSync(bundle, code);
  return { bundle, remove: copy.remove };
}
