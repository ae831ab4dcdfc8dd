import { idsOf, type Evidence } from './evidence';
import { byTenant } from './holdings';
import { KINDS } from './i05-no-orphan';
import { examine, type Verdict } from './invariant';

/** I8: the leftovers an operator is shown are what the ledger has not closed, and what the providers really still have. */
export function honest({ accepted, holdings, ledger }: Evidence): Verdict {
  const held = byTenant(holdings);
  return examine(
    accepted.filter(({ status }) => status === 'needs_operator'),
    ({ tenantId, leftovers, foreign }) => {
      const told = leftovers.map(({ kind }) => kind).sort();
      const open = ledger
        .filter((row) => row.tenantId === tenantId && ['intended', 'present', 'closing'].includes(row.state))
        .map(({ kind }) => kind)
        .sort();
      if (told.join() !== open.join())
        return `told of ${told.join(', ')}; the ledger has ${open.join(', ') || 'nothing'}`;
      const real = (held.get(tenantId) ?? []).filter(({ what, name }) => !foreign.includes(`${what} ${name}`));
      const untold = real.filter(({ what }) => !told.some((kind) => KINDS[what]?.includes(kind)));
      return untold.length > 0 && `not told of ${untold.map(({ what, name }) => `${what} ${name}`).join(', ')}`;
    },
    idsOf,
  );
}
