import { ApplicationFailure, type DataConverter } from '@temporalio/common';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  DefaultLogger,
  type NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { activityInterceptor } from '../../activities/interceptor';
import type { Activities as StepActivities } from '../../activities/interface';
import type { AuditActivities } from '../../activities/interface-audit';
import type { BackupActivities } from '../../activities/interface-backup';
import { newOperationId, newTenantId } from '../../contract/ids';
import {
  operationWorkflowId,
  PROVISION_TENANT,
  regionTaskQueue,
  TASK_QUEUE,
  type ProvisionTenantInput,
} from '../../contract/messages';
import type { Queryable } from '../../registry/database';
import { bundleWorkflows } from '../../workflow-bundle';
import type { provisionTenant } from '../../workflows';
import { createTimeSkipping } from './time-skipping';

/** The region every order of these tests is placed in. */
export const REGION = 'eu-central';

/** What a provisioning run calls. */
type Activities = StepActivities &
  Pick<AuditActivities, 'exportAuditHeads'> &
  Pick<BackupActivities, 'requestFirstBackup'>;

/** What the activities did, in order: `+database` began, `=database` done, `-database` compensated. */
export type Journal = string[];

/** A time-skipping server with workers on both task queues, whose activities only keep a journal. */
export interface Harness {
  journal: Journal;
  /** Replace one to make it fail, wait or signal. */
  activities: Activities;
  start(input?: Partial<ProvisionTenantInput>): Promise<WorkflowHandleWithFirstExecutionRunId<typeof provisionTenant>>;
  env: TestWorkflowEnvironment;
  stop(): Promise<void>;
}

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** Bundles the workflows once a test process. */
export function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflows(new DefaultLogger('ERROR'));
  return bundle;
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
      return env.client.workflow.start<typeof provisionTenant>(PROVISION_TENANT, {
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
  const untold = { query: () => Promise.resolve({ rows: [] }) } as unknown as Queryable;
  const interceptors = { activity: [activityInterceptor(untold)] };
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

/** Input of a run with three attempts a step, an hour to approve and a minute to compensate. */
export function provisionInput(operationId: string): ProvisionTenantInput {
  return {
    operationId,
    tenantId: newTenantId(),
    plan: 'starter',
    approvalDeadlineSeconds: 3600,
    acceptUnverifiedApproval: true,
    compensationSeconds: 60,
    retry: { maximumAttempts: 3, initialIntervalSeconds: 1, backoffCoefficient: 2, maximumIntervalSeconds: 10 },
  };
}

/** A failure that ends a step at once. */
export function permanent(type = 'ProviderRefused'): ApplicationFailure {
  return ApplicationFailure.nonRetryable('refused for the test', type);
}

/** Activities that only keep a journal, see {@link Journal}. */
export function journalingActivities(journal: Journal): Activities {
  const step = async ({ step }: { step: string }): Promise<void> => {
    journal.push(`+${step}`);
    await Promise.resolve();
    journal.push(`=${step}`);
  };
  const note = (entry: string) => (): Promise<void> => {
    journal.push(entry);
    return Promise.resolve();
  };
  return {
    validateOrder: async (input) => {
      await step(input);
      return { region: REGION, approvalsRequired: [] };
    },
    reserveResources: step,
    provisionOwnKey: note('own key'),
    provisionDatabase: step,
    provisionStorageAndCompute: step,
    configureSecurity: step,
    configureApplication: step,
    createOrganization: step,
    setUpIntegrations: step,
    verifyRegion: step,
    verifyGlobal: note('=verify-global'),
    activateTenant: async (input) => {
      await step(input);
      return { answer: 'committed' };
    },
    activateSubscription: async () => {
      await note('subscription')();
      return { billing: 'active' };
    },
    sendWelcome: note('welcome'),
    requestFirstBackup: note('backup requested'),
    compensateStep: async ({ step }) => {
      journal.push(`-${step}`);
      await Promise.resolve();
    },
    recordProgress: async ({ status }) => {
      journal.push(`status ${status}`);
      await Promise.resolve();
    },
    concludeCompensation: async ({ status }) => {
      journal.push(`status ${status}`);
      return Promise.resolve({ status, leftovers: [] });
    },
    loadDecision: ({ decision }) =>
      Promise.resolve({ decision: decision ?? 'ignored', decidedBy: 'test', verified: true }),
    takeResolution: async ({ verb }) => {
      await note(`resolution ${verb}`)();
      return { answer: 'taken' };
    },
    notifyApprovers: note('approvers told'),
    notifyCustomer: note('customer told'),
    notifyOperators: note('operators told'),
    reissueCredentials: note('reissued'),
    exportAuditHeads: () => Promise.resolve({ exported: 1, discrepancies: 0 }),
  };
}
