import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/common';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { operationWorkflowId, PROVISION_TENANT, type ProvisionTenantInput } from '../contract/messages';
import { runStart } from '../contract/run-start';

/**
 * How the run of an operation stands: `open`; `completed` – by its own word the tenant became active; `gone` – it was terminated, or ended
 * any other way, or Temporal has nothing of it.
 */
export type RunStanding = 'open' | 'completed' | 'gone';

/** What activities ask of Temporal about the runs of operations. Every call throws when Temporal does not answer. */
export interface OperationRuns {
  standing(operationId: string): Promise<RunStanding>;
  /** Starts a run that goes on where one that is gone has left off. `open`: somebody else's run is there. */
  resume(input: ProvisionTenantInput, residency: string | null): Promise<'resumed' | 'open'>;
}

/** {@link OperationRuns} on the running activity's own client. */
export function createOperationRuns(client: () => Client): OperationRuns {
  return {
    async standing(operationId) {
      try {
        const { status } = await client().workflow.getHandle(operationWorkflowId(operationId)).describe();
        if (status.name === 'RUNNING') return 'open';
        return status.name === 'COMPLETED' ? 'completed' : 'gone';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return 'gone';
        throw error;
      }
    },

    async resume(input, residency) {
      try {
        await client().workflow.start(PROVISION_TENANT, {
          ...runStart(input, residency),
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
          workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        });
        return 'resumed';
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return 'open';
        throw error;
      }
    },
  };
}
