import { WorkflowNotFoundError } from '@temporalio/client';
import type { OperationKind } from '../../contract/operations/kinds';
import { operationWorkflowId, type OperationInput } from '../../contract/operations/messages';
import { resumeStart } from '../../contract/temporal/run-starts';
import { startRun, type RunStarter } from '../../contract/temporal/start-run';

/**
 * The state of an operation's run. `open`: it is running. `completed`: it has reported its success. `gone`: it was
 * terminated or ended in any other way, or Temporal does not know it.
 */
export type RunStanding = 'open' | 'completed' | 'gone';

/** Lets activities look up and resume the runs of operations. Every call throws when Temporal does not answer. */
export interface OperationRuns {
  standing(operationId: string): Promise<RunStanding>;
  /** Starts a run that continues where a lost one stopped. `open`: the operation has a running run after all. */
  resume(kind: OperationKind, input: OperationInput, residency: string | null): Promise<'resumed' | 'open'>;
}

/** The part of Temporal's client that looks up runs. */
interface RunFinder {
  workflow: { getHandle(workflowId: string): { describe(): Promise<{ status: { name: string } }> } };
}

/** {@link OperationRuns} on the running activity's own client. */
export function createOperationRuns(client: () => RunFinder & RunStarter): OperationRuns {
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

    async resume(kind, input, residency) {
      return (await startRun(client(), resumeStart(kind, input, residency))) === 'started' ? 'resumed' : 'open';
    },
  };
}
