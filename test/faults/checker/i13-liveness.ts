import { STATE_TABLE } from '../../../contract/states';
import type { TestProduct } from '../../helpers/product';
import type { Journal } from '../journal';
import { idsOf, type Evidence } from './evidence';
import { examine, together, type Verdict } from './invariant';

/**
 * A worker is missed after 20 s without a heartbeat, a workflow task after 10 s, three attempts of a call that hangs take 45 s with their
 * back-off, a request that may still land is waited for 15 s; twice over, because machines that are shared are slow. In milliseconds.
 */
const RECOVERY_MS = 150_000;

/** I13: after the last fault every run moved on by itself within the bound, and Temporal has nothing open that is not an operator's. */
export async function lively(
  { temporal, namespace }: TestProduct,
  { accepted }: Evidence,
  recoveries: Journal['recoveries'],
): Promise<Verdict> {
  const { count } = await temporal.connection.workflowService.countWorkflowExecutions({
    namespace,
    query: `WorkflowType = 'provisionTenant' and ExecutionStatus = 'Running'`,
  });
  const waiting = accepted.filter(({ status }) => !STATE_TABLE[status].end);
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
