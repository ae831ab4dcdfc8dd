import { WorkflowNotFoundError, WorkflowUpdateFailedError, type Client, type WorkflowHandle, type WorkflowSignalWithStartOptions } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import {
  APPROVAL_SIGNAL,
  CANCEL_UPDATE,
  MALFORMED,
  operationWorkflowId,
  type ApprovalSignal,
  type CancelRequest,
  type RecoverySettings,
  type ResolutionRequest,
  type RetrySettings,
} from '../../contract/operations/messages';
import { STATUSES, type OperationStatus, type ResolutionVerb } from '../../contract/operations/states';
import { operationInput, type OperationParameters } from '../../contract/operations/inputs';
import type { OperationKind } from '../../contract/operations/kinds';
import { operationStart } from '../../contract/temporal/run-starts';
import { startRun, type RunStarter } from '../../contract/temporal/start-run';
import { deadlines, SIGNAL_MS, START_MS, UPDATE_MS } from './deadlines';

/** An accepted operation whose run is to be started. */
export interface StartRun {
  kind: OperationKind;
  operationId: string;
  tenantId: string;
  plan: string;
  region: string | null;
  parameters: OperationParameters;
  residency: string | null;
  retry: RetrySettings;
  recovery: RecoverySettings;
}

/** An operator's decision, to be handed to the operation's run. */
export interface Resolve {
  operationId: string;
  verb: ResolutionVerb;
  resolutionId: string;
  reason: string;
}

/** A run's answer to a decision. `refused` carries the run's own reason and, if its status is the reason, that status. */
export type ResolveAnswer =
  { answer: 'taken' } | { answer: 'not-running' } | { answer: 'refused'; words?: string; status?: OperationStatus };

/** Settings that are passed to every run. */
export interface RunSettings {
  approvalDeadlineSeconds: number;
  compensationSeconds: number;
  acceptUnverifiedApproval: boolean;
}

/** What the API asks of the runs of operations. Every call ends within seconds, and throws if it gets no answer. */
export interface OperationRuns {
  /** Starts the run; does nothing if it was started before. */
  start(run: StartRun): Promise<void>;
  /** Signals an approval decision by its id. False if the operation has no open run. */
  signalApproval(operationId: string, decisionId: string): Promise<boolean>;
  /** `refused`: the run is past its pivot or is already compensating. `not-running`: the operation has no open run. */
  cancel(operationId: string, requestedBy: string): Promise<'cancelling' | 'refused' | 'not-running'>;
  /** Hands over a stored decision. Once it is taken, a repeat with the same resolution id gets the same answer. */
  resolve(resolution: Resolve): Promise<ResolveAnswer>;
}

/** The part of Temporal's client that starts the runs of operations and talks to them. */
export interface OperationClient extends RunStarter, Pick<Client, 'withDeadline'> {
  workflow: RunStarter['workflow'] & {
    signalWithStart(workflowType: string, options: WorkflowSignalWithStartOptions): Promise<unknown>;
    getHandle(workflowId: string): Pick<WorkflowHandle, 'signal'> & {
      executeUpdate<Args extends [unknown]>(name: string, options: { args: Args; updateId: string }): Promise<unknown>;
    };
  };
}

/** {@link OperationRuns} on Temporal. */
export function createOperationRuns(client: OperationClient, settings: RunSettings, taskQueue?: string): OperationRuns {
  const within = deadlines(client);
  return {
    start: ({ kind, region, parameters, residency, ...run }) =>
      within(START_MS, async () => {
        const { compensationSeconds, ...approvals } = settings;
        const input = operationInput({ ...run, compensationSeconds }, { kind, region, parameters, approvals });
        await startRun(client, operationStart(kind, input, residency), taskQueue);
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
          // One update id per operation, so that a repeat gets the first answer.
          await handle.executeUpdate<[CancelRequest]>(CANCEL_UPDATE, {
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
          await handle.executeUpdate<[ResolutionRequest]>(verb, {
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
  };
}

/** True if the worker could not decode the message, for instance for lack of a new key. Nothing was decided, and a repeat may succeed. */
function wasUnreadable({ cause }: WorkflowUpdateFailedError): boolean {
  return cause instanceof ApplicationFailure && cause.type === MALFORMED;
}

/** The refusal by a run's validator. Messages of other failures, such as a defect, are not passed on to callers. */
function refusalOf(cause: unknown): ResolveAnswer {
  if (!(cause instanceof ApplicationFailure) || cause.type !== 'StateConflict') return { answer: 'refused' };
  const status = STATUSES.find((each) => each === cause.details?.[0]);
  return { answer: 'refused', words: cause.message, ...(status === undefined ? {} : { status }) };
}
