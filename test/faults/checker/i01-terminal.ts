import { STATE_TABLE } from '../../../contract/states';
import { idsOf, type Evidence } from './evidence';
import { examine, type Verdict } from './invariant';

/** I1: every acknowledged order is active, gone, or in an operator's hands; a fault that leaves no way to become active was not passed over. */
export function terminal({ accepted }: Pick<Evidence, 'accepted'>): Verdict {
  return examine(
    accepted,
    ({ status, fatal, cancelled }) => {
      if (!STATE_TABLE[status].end && status !== 'needs_operator') return `still ${status}`;
      if (fatal && status === 'active') return 'active in spite of a fault that cannot be passed';
      return cancelled && status !== 'cancelled' && status !== 'needs_operator' && `cancelled, and yet ${status}`;
    },
    idsOf,
  );
}
