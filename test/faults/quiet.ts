import { setTimeout as sleep } from 'node:timers/promises';
import { OPERATIONS } from './checker/histories';
import { OUTCOME_MS } from './scenarios/scenario';
import type { System } from './system';

/** Waits until no run has work left, including the first charge of an active tenant. A run that never ends is the checker's finding. */
export async function untilQuiet({ product: { temporal, namespace } }: System): Promise<void> {
  const query = `${OPERATIONS} and ExecutionStatus = 'Running' and ProvisioningStatus != 'needs_operator'`;
  for (const deadline = Date.now() + OUTCOME_MS; Date.now() < deadline; await sleep(500)) {
    const { count } = await temporal.connection.workflowService.countWorkflowExecutions({ namespace, query });
    if (Number(count) === 0) return;
  }
}
