import { idsOf, type Evidence } from '../evidence';
import { byTenant } from '../holdings';
import { KINDS } from './i05-no-orphan';
import { examine, type Verdict } from '../invariant';

/** I8: the leftovers shown to an operator are those that the ledger has not closed and the providers really still have. */
export function honest({ accepted, holdings, ledger }: Evidence): Verdict {
  const held = byTenant(holdings);
  return examine(
    accepted.filter(({ status }) => status === 'needs_operator'),
    ({ tenantId, leftovers, foreign, kind: operation }) => {
      const told = leftovers.map(({ kind }) => kind).sort();
      // An operation that makes nothing leaves what it has changed, or has not removed.
      const states = operation === 'provision' ? ['intended', 'present', 'closing'] : ['changing', 'closing'];
      const open = ledger
        .filter((row) => row.tenantId === tenantId && states.includes(row.state))
        .map(({ kind }) => kind)
        .sort();
      if (told.join() !== open.join())
        return `told of ${told.join(', ')}; the ledger has ${open.join(', ') || 'nothing'}`;
      if (operation !== 'provision') return undefined;
      const real = (held.get(tenantId) ?? []).filter(({ what, name }) => !foreign.includes(`${what} ${name}`));
      const untold = real.filter(({ what }) => !told.some((kind) => KINDS[what]?.includes(kind)));
      return untold.length > 0 && `not told of ${untold.map(({ what, name }) => `${what} ${name}`).join(', ')}`;
    },
    idsOf,
  );
}
