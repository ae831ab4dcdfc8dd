import { hasEnded, SUCCESS_STATUSES } from '../../../../contract/operations/states';
import { idsOf, type Evidence } from '../evidence';
import { examine, type Verdict } from '../invariant';

/**
 * I1: every acknowledged operation has succeeded, was undone, or is in an operator's hands; and none succeeded in spite of a fatal fault.
 */
export function terminal({ accepted }: Pick<Evidence, 'accepted'>): Verdict {
  return examine(
    accepted,
    ({ status, fatal, cancelled }) => {
      if (!hasEnded(status) && status !== 'needs_operator') return `still ${status}`;
      if (fatal && SUCCESS_STATUSES.includes(status)) return `${status} in spite of a fault that cannot be passed`;
      return cancelled && status !== 'cancelled' && status !== 'needs_operator' && `cancelled, and yet ${status}`;
    },
    idsOf,
  );
}
