import { SUCCESS_STATUSES } from '../../../../contract/operations/states';
import type { Journal } from '../../journal';
import type { Evidence } from '../evidence';
import { groupBy } from '../group-by';
import { examine, together, type InvariantId, type Verdict } from '../invariant';

/** Invariants that the control arm must break; otherwise the harness could not notice the product breaking them. */
export const CONTROL_BREAKS: readonly InvariantId[] = ['I1', 'I4', 'I5', 'I15', 'I16', 'I17', 'I18', 'I19'];

/**
 * I14: every planned kind of fault happened, enough operations succeeded to be meaningful, and the control arm failed as it must. On a busy
 * machine single faults may miss their call, which is only reported; a kind that never hit anything is a failure.
 */
export function notVacuous(
  { accepted }: Pick<Evidence, 'accepted'>,
  faults: Journal['faults'],
  control: Partial<Record<InvariantId, number>>,
): Verdict {
  const succeeded = accepted.filter(({ status }) => SUCCESS_STATUSES.includes(status)).length;
  return together(
    examine(
      [...groupBy([...faults], ([name]) => name.split(': ')[0])],
      ([kind, each]) => each.every(([, { fired }]) => fired === 0) && `${kind} was planned and never happened`,
    ),
    examine(
      [succeeded / Math.max(accepted.length, 1)],
      (share) => share < 0.3 && `only ${Math.round(share * 100)} % succeeded`,
    ),
    examine(CONTROL_BREAKS, (id) => (control[id] ?? 0) === 0 && `the control arm did not violate ${id}`),
  );
}
