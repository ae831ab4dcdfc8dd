import type { Removed } from '../../../journal';
import type { Remain } from '../../eyes/remains';
import type { Evidence } from '../../evidence';
import { byTenant } from '../../holdings';
import { examine, type Verdict } from '../../invariant';
import type { Certificate } from './i17-true-certificate';
import { KINDS } from '../i05-no-orphan';

/** I18: nothing of a removed tenant is at any server but what its certificate names. */
export function nothingLeft(
  removed: readonly Removed[],
  {
    evidence,
    remains,
    certificates,
  }: {
    evidence: Pick<Evidence, 'holdings'>;
    remains: readonly Remain[];
    certificates: ReadonlyMap<string, Pick<Certificate, 'accepted' | 'retained'>>;
  },
): Verdict {
  const held = byTenant(evidence.holdings);
  return examine(
    removed,
    ({ tenantId }) => {
      const { accepted = [], retained = [] } = certificates.get(tenantId) ?? {};
      const listed = (held.get(tenantId) ?? [])
        .filter(({ what }) => !accepted.some(({ kind }) => KINDS[what]?.includes(kind)))
        .map(({ what, name }) => `${what} ${name}`);
      const others = remains
        .filter((remain) => remain.tenantId === tenantId)
        .map(({ what }) => what)
        .filter((what) => !retained.some((named) => isNamed(what, named)));
      const left = [...listed, ...others];
      return left.length > 0 && `removed, and yet there is ${left.join(', ')}`;
    },
    ({ scenario, operationId, tenantId }) => ({ scenario, operationId, tenantId }),
  );
}

/** Whether a remain is what the certificate says stays: it names a backup by its id, and an export by its name. */
function isNamed(remain: string, { what }: Certificate['retained'][number]): boolean {
  const name = what.split(' ').at(-1) ?? '';
  return name.length > 8 && remain.includes(name);
}
