import {
  ActivityNotFoundError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  APPROVAL_SIGNAL,
  CANCEL_UPDATE,
  MALFORMED,
  operationWorkflowId,
  PROVISION_TENANT,
  TASK_QUEUE,
  type ApprovalSignal,
  type CancelRequest,
  type ProvisionTenantInput,
  type RecoverySettings,
  type ResolutionRequest,
  type RetrySettings,
} from '../contract/messages';
import { BACK_UP, type BackupTask } from '../contract/backups';
import { backupStart } from '../contract/backup-start';
import { STATUSES, type OperationStatus, type ResolutionVerb } from '../contract/states';
import type { Waiting } from '../registry/scans';
import { runStart } from '../contract/run-start';
import { tenantAttribute } from '../contract/tenant-attribute';
import { SCAN_TENANT, scanWorkflowId, type ScanInput, type ScanOutcome } from '../contract/scans';
import { SWEEP, SWEEP_SECONDS, SWEEP_WORKFLOW_ID, type SweepInput } from '../contract/sweeps';

/** The workflow type that sends a tenant's first admin a new claim link. */
export const REISSUE_CREDENTIALS = 'reissueCredentials';

/** An accepted operation that is to run. */
export interface StartRun {
  operationId: string;
  tenantId: string;
  plan: string;
  residency: string | null;
  retry: RetrySettings;
  recovery: RecoverySettings;
}

/** A decision a run is to take. */
export interface Resolve {
  operationId: string;
  verb: ResolutionVerb;
  resolutionId: string;
  reason: string;
}

/** What a run says to a decision. `refused`: with the reason in its words and, where that is the reason, the status it sees itself in. */
export type ResolveAnswer =
  { answer: 'taken' } | { answer: 'not-running' } | { answer: 'refused'; words?: string; status?: OperationStatus };

/** What the API asks of whatever executes operations. Every call ends within seconds; it throws when nobody answered. */
export interface Runs {
  /** Starts the run, or does nothing if it was started before. */
  start(run: StartRun): Promise<void>;
  /** Hands over a decision by its id. False when there is no open run to hand it to. */
  signalApproval(operationId: string, decisionId: string): Promise<boolean>;
  /** `refused`: the run is past the point where it could turn round. `not-running`: there is no open run. */
  cancel(operationId: string, requestedBy: string): Promise<'cancelling' | 'refused' | 'not-running'>;
  /** Hands over a decision that was written down. Asking again with the same resolution id gets the first answer, once it was taken. */
  resolve(resolution: Resolve): Promise<ResolveAnswer>;
  /** Begins to send a new claim link; does nothing while one is being sent. */
  reissue(tenantId: string, requestedBy: string): Promise<void>;
  /** Begins a sweep, unless one that somebody asked for is under way. */
  sweep(input: SweepInput): Promise<'started' | 'running'>;
  /** Begins a scan of a tenant, unless one is under way. */
  scan(input: ScanInput): Promise<'started' | 'running'>;
  /** Ends the activity that waits for a scanner's report. False when none does any more. */
  completeScan(waiting: Waiting, outcome: ScanOutcome): Promise<boolean>;
  /** Tells the activity that its scanner is at work. False when it does not wait any more. */
  heartbeatScan(waiting: Waiting): Promise<boolean>;
  /** Begins to make a backup, or to test one; does nothing while that is under way. */
  backUp(task: BackupTask): Promise<void>;
  /** Resolves when Temporal answers. */
  ping(): Promise<void>;
}

/** What every run gets. */
export interface RunSettings {
  approvalDeadlineSeconds: number;
  compensationSeconds: number;
  acceptUnverifiedApproval: boolean;
}

/** Longest a caller waits for Temporal, in milliseconds. */
const START_MS = 2_000;
const SIGNAL_MS = 3_000;
const UPDATE_MS = 5_000;

/** {@link Runs} on Temporal. Without a deadline its client would repeat an update for ever while no worker polls. */
export function createTemporalRuns(client: Client, settings: RunSettings, taskQueue = TASK_QUEUE): Runs {
  const within = <T>(milliseconds: number, call: () => Promise<T>): Promise<T> =>
    client.withDeadline(Date.now() + milliseconds, call);

  return {
    start: (run) =>
      within(START_MS, async () => {
        const { operationId, tenantId, plan, residency, retry, recovery } = run;
        const input: ProvisionTenantInput = { operationId, tenantId, plan, retry, recovery, ...settings };
        await unlessStarted(
          client.workflow.start(PROVISION_TENANT, {
            ...runStart(input, residency, taskQueue),
            workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
            workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
          }),
        );
      }),

    signalApproval: (operationId, decisionId) =>
      within(SIGNAL_MS, async () => {
        const handle = client.workflow.getHandle(operationWorkflowId(operationId));
        try {
          await handle.signal<[ApprovalSignal]>(APPROVAL_SIGNAL, { decisionId });
          return true;
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) return false;
          throw error;
        }
      }),

    cancel: (operationId, requestedBy) =>
      within(UPDATE_MS, async () => {
        const handle = client.workflow.getHandle(operationWorkflowId(operationId));
        try {
          // One id an operation: asking again gets the first answer.
          await handle.executeUpdate<{ accepted: true }, [CancelRequest]>(CANCEL_UPDATE, {
            args: [{ requestedBy }],
            updateId: `cancel-${operationId}`,
          });
          return 'cancelling';
        } catch (error) {
          if (error instanceof WorkflowUpdateFailedError && !wasUnreadable(error)) return 'refused';
          if (error instanceof WorkflowNotFoundError) return 'not-running';
          throw error;
        }
      }),

    resolve: ({ operationId, verb, resolutionId, reason }) =>
      within(UPDATE_MS, async () => {
        const handle = client.workflow.getHandle(operationWorkflowId(operationId));
        try {
          await handle.executeUpdate<{ accepted: true }, [ResolutionRequest]>(verb, {
            args: [{ resolutionId, ...(reason === '' ? {} : { reason }) }],
            updateId: resolutionId,
          });
          return { answer: 'taken' };
        } catch (error) {
          if (error instanceof WorkflowUpdateFailedError && !wasUnreadable(error)) return refusalOf(error.cause);
          if (error instanceof WorkflowNotFoundError) return { answer: 'not-running' };
          throw error;
        }
      }),

    reissue: (tenantId, requestedBy) =>
      within(START_MS, async () => {
        await client.workflow.start(REISSUE_CREDENTIALS, {
          workflowId: `reissue/${tenantId}`,
          taskQueue,
          args: [{ tenantId, requestedBy }],
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
          staticSummary: `New claim link for tenant ${tenantId}`,
          typedSearchAttributes: [tenantAttribute(tenantId)],
        });
      }),

    sweep: (input) =>
      within(START_MS, async () => {
        try {
          await client.workflow.start(SWEEP, {
            workflowId: SWEEP_WORKFLOW_ID,
            taskQueue,
            args: [input],
            workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
            workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
            workflowExecutionTimeout: `${SWEEP_SECONDS}s`,
            staticSummary: input.dryRun ? 'Sweep (dry run)' : 'Sweep',
          });
          return 'started';
        } catch (error) {
          if (error instanceof WorkflowExecutionAlreadyStartedError) return 'running';
          throw error;
        }
      }),

    scan: (input) =>
      within(START_MS, async () => {
        try {
          await client.workflow.start(SCAN_TENANT, {
            workflowId: scanWorkflowId(input.tenantId),
            taskQueue,
            args: [input],
            workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
            workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
            staticSummary: `Scan tenant ${input.tenantId}`,
            typedSearchAttributes: [tenantAttribute(input.tenantId)],
          });
          return 'started';
        } catch (error) {
          if (error instanceof WorkflowExecutionAlreadyStartedError) return 'running';
          throw error;
        }
      }),

    completeScan: (waiting, outcome) =>
      within(SIGNAL_MS, () => unlessOver(client.activity.complete(idOf(waiting), outcome))),

    heartbeatScan: (waiting) => within(SIGNAL_MS, () => unlessOver(client.activity.heartbeat(idOf(waiting)))),

    backUp: (task) =>
      within(START_MS, async () => {
        await client.workflow.start(BACK_UP, {
          ...backupStart(task, taskQueue),
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        });
      }),

    ping: () =>
      within(START_MS, async () => {
        await client.connection.workflowService.getSystemInfo({});
      }),
  };
}

/** A run that has ended already was started, too. */
async function unlessStarted(start: Promise<unknown>): Promise<void> {
  try {
    await start;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

function idOf({ workflowId, runId, activityId }: Waiting): Waiting {
  return { workflowId, runId, activityId };
}

/** False when the activity has ended, or was given up, before. */
async function unlessOver(told: Promise<void>): Promise<boolean> {
  try {
    await told;
    return true;
  } catch (error) {
    if (error instanceof ActivityNotFoundError) return false;
    throw error;
  }
}

/** The run's worker could not decode what was sent, as while it lacks a key that is new: nothing was decided, and asking again may succeed. */
function wasUnreadable({ cause }: WorkflowUpdateFailedError): boolean {
  return cause instanceof ApplicationFailure && cause.type === MALFORMED;
}

/** What a run's validator said. Words that are not the run's own – of a defect, say – are not passed on. */
function refusalOf(cause: unknown): ResolveAnswer {
  if (!(cause instanceof ApplicationFailure) || cause.type !== 'StateConflict') return { answer: 'refused' };
  const status = STATUSES.find((each) => each === cause.details?.[0]);
  return { answer: 'refused', words: cause.message, ...(status === undefined ? {} : { status }) };
}
