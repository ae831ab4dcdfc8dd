import type { Journal } from '../journal';
import type { Evidence } from './evidence';
import { groupBy } from './group-by';
import { examine, together, type InvariantId, type Verdict } from './invariant';

/** What the control arm has to break, or the harness would not see it broken by the product either. */
export const CONTROL_BREAKS: readonly InvariantId[] = ['I1', 'I4', 'I5'];

/**
 * I14: every kind of fault that was planned happened, enough orders came through to mean something, and the control arm failed as it has
 * to. That one of a kind found its call gone by on a busy machine is in the report; that none of it met anything is a failure.
 */
export function notVacuous(
  { accepted }: Pick<Evidence, 'accepted'>,
  faults: Journal['faults'],
  control: Partial<Record<InvariantId, number>>,
): Verdict {
  const active = accepted.filter(({ status }) => status === 'active').length;
  return together(
    examine(
      [...groupBy([...faults], ([name]) => name.split(': ')[0])],
      ([kind, each]) => each.every(([, { fired }]) => fired === 0) && `${kind} was planned and never happened`,
    ),
    examine(
      [active / Math.max(accepted.length, 1)],
      (share) => share < 0.3 && `only ${Math.round(share * 100)} % became active`,
    ),
    examine(CONTROL_BREAKS, (id) => (control[id] ?? 0) === 0 && `the control arm did not violate ${id}`),
  );
}
