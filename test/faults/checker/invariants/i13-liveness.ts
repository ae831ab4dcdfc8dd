import { hasEnded } from '../../../../contract/operations/states';
import type { TestProduct } from '../../../helpers/product';
import type { Journal } from '../../journal';
import { idsOf, type Evidence } from '../evidence';
import { OPERATIONS } from '../histories';
import { examine, together, type Verdict } from '../invariant';

/**
 * Milliseconds. Temporal misses a worker after 20 s without a heartbeat and a workflow task after 10 s, three attempts of a hanging call
 * take 45 s with back-off, and a request that may still land is waited for 15 s. The sum is doubled, because shared machines are slow.
 */
const RECOVERY_MS = 150_000;

/**
 * I13: after the last fault every run continued by itself within the limit, and only runs that wait for an operator are still open in
 * Temporal.
 */
export async function lively(
  { temporal, namespace }: TestProduct,
  { accepted }: Evidence,
  recoveries: Journal['recoveries'],
): Promise<Verdict> {
  const { count } = await temporal.connection.workflowService.countWorkflowExecutions({
    namespace,
    query: `${OPERATIONS} and ExecutionStatus = 'Running'`,
  });
  const waiting = accepted.filter(({ status }) => !hasEnded(status));
  return together(
    examine(
      recoveries,
      ({ ms }) => ms > RECOVERY_MS && `took ${Math.round(ms / 1000)} s`,
      ({ scenario }) => ({ scenario }),
    ),
    examine([Number(count)], (open) => open > waiting.length && `${open} runs open, ${waiting.length} operations are`),
    examine(waiting, ({ status }) => status !== 'needs_operator' && `still ${status}`, idsOf),
  );
}
