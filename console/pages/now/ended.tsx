import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { dataOf } from '../../../clients/typescript/src/client';
import { durationText } from '../../../contract/estimates/words';
import { rulesOf } from '../../../contract/operations/kinds';
import { hasEnded } from '../../../contract/operations/states';
import { api } from '../../api/client';
import type { Key } from '../../api/live';
import { EmptyState } from '../../parts/states/empty-state';
import { Section } from '../../parts/section';
import { Skeleton } from '../../parts/states/skeleton';
import { StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';

/** Operations requested last among which the last ends are looked for. */
const LOOKED_AT = 50;
const SHOWN = 8;

/** The operations that ended last. */
export function Ended() {
  const key: Key = ['operation', { limit: LOOKED_AT }];
  const { data } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => dataOf(api.GET('/v1/operations', { params: { query: { limit: LOOKED_AT } }, signal })),
  });
  const ended = data?.items
    .filter(({ status, completedAt }) => hasEnded(status) && completedAt !== undefined)
    .toSorted((a, b) => Date.parse(b.completedAt!) - Date.parse(a.completedAt!))
    .slice(0, SHOWN);
  return (
    <Section title="Ended last" actions={<Link href="/operations">All operations</Link>}>
      {!ended && <Skeleton lines={4} height={24} />}
      {ended?.length === 0 && <EmptyState title="Nothing has ended yet" />}
      <ul className="ended">
        {ended?.map(({ operationId, kind, tenantName, tenantId, status, createdAt, completedAt, failure }) => (
          <li key={operationId}>
            <Link href={`/operations/${operationId}`}>
              {rulesOf(kind).title} {tenantName ?? tenantId}
            </Link>
            <StateBadge state={status} />
            <span className="muted">
              <Time at={completedAt!} as="relative" />, after{' '}
              {durationText((Date.parse(completedAt!) - Date.parse(createdAt)) / 1000)}
              {failure && `: ${failure.message}`}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
