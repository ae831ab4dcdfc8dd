import { CLEAN_STATUSES } from '../../../contract/states';
import { idsOf, type Evidence } from './evidence';
import { byTenant } from './holdings';
import { examine, type Verdict } from './invariant';

/** I4: no provider holds anything of a tenant that was undone – except what was somebody else's before. */
export function clean({ accepted, holdings }: Pick<Evidence, 'accepted' | 'holdings'>): Verdict {
  const held = byTenant(holdings);
  return examine(
    accepted.filter(({ status }) => CLEAN_STATUSES.includes(status)),
    ({ tenantId, foreign, status }) => {
      const left = (held.get(tenantId) ?? []).map(({ what, name }) => `${what} ${name}`);
      const ours = left.filter((each) => !foreign.includes(each));
      const missing = foreign.filter((each) => !left.includes(each));
      if (missing.length > 0) return `somebody else’s ${missing.join(', ')} was deleted`;
      return ours.length > 0 && `${status}, and yet there are ${ours.join(', ')}`;
    },
    idsOf,
  );
}
