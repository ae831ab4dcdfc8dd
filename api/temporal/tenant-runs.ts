import { WorkflowNotFoundError } from '@temporalio/client';
import { LEGAL_HOLD_SIGNAL, operationWorkflowId } from '../../contract/operations/messages';
import { trialStart } from '../../contract/temporal/run-starts';
import { startRun } from '../../contract/temporal/start-run';
import { TRIAL_SIGNAL, trialWorkflowId, type TrialInput } from '../../contract/tenants/trials';
import { deadlines, SIGNAL_MS, START_MS } from './deadlines';
import type { OperationClient } from './operation-runs';

/** What the API tells the runs that wait for changes of a tenant. Every call ends within seconds, and throws if it gets no answer. */
export interface TenantRuns {
  /** Tells a removal that a legal hold was lifted or changed; does nothing if the operation has no open run. */
  signalLegalHold(operationId: string): Promise<void>;
  /** Tells the run that watches a trial that the trial has changed, and starts it if there is none. */
  watchTrial(input: TrialInput): Promise<void>;
}

/** {@link TenantRuns} on Temporal. */
export function createTenantRuns(client: OperationClient, taskQueue?: string): TenantRuns {
  const within = deadlines(client);
  const signal = (workflowId: string, name: string): Promise<void> =>
    within(SIGNAL_MS, async () => {
      try {
        await client.workflow.getHandle(workflowId).signal(name);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    });
  return {
    signalLegalHold: (operationId) => signal(operationWorkflowId(operationId), LEGAL_HOLD_SIGNAL),
    watchTrial: async (input) => {
      await within(START_MS, () => startRun(client, trialStart(input), taskQueue));
      await signal(trialWorkflowId(input.tenantId), TRIAL_SIGNAL);
    },
  };
}
