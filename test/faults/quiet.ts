import { setTimeout as sleep } from 'node:timers/promises';
import { OUTCOME_MS } from './scenarios/scenario';
import type { System } from './system';

/** Waits until no run has anything left to do: an active tenant is still to be charged. Whether one goes on for ever, the checker says. */
export async function untilQuiet({ product: { temporal, namespace } }: System): Promise<void> {
  const query = `WorkflowType = 'provisionTenant' and ExecutionStatus = 'Running' and ProvisioningStatus != 'needs_operator'`;
  for (const deadline = Date.now() + OUTCOME_MS; Date.now() < deadline; await sleep(500)) {
    const { count } = await temporal.connection.workflowService.countWorkflowExecutions({ namespace, query });
    if (Number(count) === 0) return;
  }
}
