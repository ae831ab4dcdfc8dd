import { WorkflowNotFoundError } from '@temporalio/client';
import { LEGAL_HOLD_SIGNAL, operationWorkflowId } from '../../contract/operations/messages';
import { BILLING_SIGNAL, type BillingInput } from '../../contract/billing/billing';
import { billingAssignmentStart, billingStart, trialStart, type RunStart } from '../../contract/temporal/run-starts';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';
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
  /** Tells the run that follows a tenant's payments that the billing provider has reported something, and starts it if there is none. */
  watchBilling(input: BillingInput): Promise<void>;
  /** Has a run find out whose accounts the billing provider's events are about that do not say so. */
  assignBilling(): Promise<void>;
}

/** {@link TenantRuns} on Temporal. */
export function createTenantRuns(client: OperationClient, taskQueue = TASK_QUEUE): TenantRuns {
  const within = deadlines(client);
  const signal = (workflowId: string, name: string): Promise<void> =>
    within(SIGNAL_MS, async () => {
      try {
        await client.workflow.getHandle(workflowId).signal(name);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    });
  // In one request: a run that ends between a start and a signal would not know of what was reported.
  const signalWithStart = async ({ workflowType, ...options }: RunStart): Promise<void> => {
    await within(START_MS, () =>
      client.workflow.signalWithStart(workflowType, { ...options, taskQueue, signal: BILLING_SIGNAL, signalArgs: [] }),
    );
  };
  return {
    signalLegalHold: (operationId) => signal(operationWorkflowId(operationId), LEGAL_HOLD_SIGNAL),
    watchTrial: async (input) => {
      await within(START_MS, () => startRun(client, trialStart(input), taskQueue));
      await signal(trialWorkflowId(input.tenantId), TRIAL_SIGNAL);
    },
    watchBilling: ({ tenantId, operationId }) => signalWithStart(billingStart({ tenantId, operationId })),
    assignBilling: () => signalWithStart(billingAssignmentStart()),
  };
}
