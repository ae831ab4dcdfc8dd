import { CLEAN_STATUSES } from '../../../../contract/operations/states';
import { idsOf, ordersOf, type Evidence } from '../evidence';
import { byTenant } from '../holdings';
import { KINDS } from './i05-no-orphan';
import { examine, type Verdict } from '../invariant';

/**
 * I4: no provider holds anything of an undone tenant, except foreign resources that were there before, and leftovers that an operator
 * accepted.
 */
export function clean({ accepted, holdings, ledger }: Pick<Evidence, 'accepted' | 'holdings' | 'ledger'>): Verdict {
  const held = byTenant(holdings);
  return examine(
    ordersOf(accepted).filter(({ status }) => CLEAN_STATUSES.includes(status)),
    ({ tenantId, foreign, status, takenOver }) => {
      const left = held.get(tenantId) ?? [];
      const missing = foreign.filter((each) => !left.some(({ what, name }) => `${what} ${name}` === each));
      if (missing.length > 0) return `somebody else’s ${missing.join(', ')} was deleted`;
      const handed = ledger.filter((row) => row.tenantId === tenantId && row.state === 'accepted');
      // Rows marked as accepted are no excuse unless an operator accepted them.
      if (handed.length > 0 && !takenOver) return `${handed.map(({ kind }) => kind).join(', ')} accepted by nobody`;
      const ours = left.filter(
        ({ what, name }) =>
          !foreign.includes(`${what} ${name}`) && !handed.some(({ kind }) => KINDS[what]?.includes(kind)),
      );
      return (
        ours.length > 0 && `${status}, and yet there are ${ours.map(({ what, name }) => `${what} ${name}`).join(', ')}`
      );
    },
    idsOf,
  );
}
