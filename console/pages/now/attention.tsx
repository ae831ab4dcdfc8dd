import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { dataOf } from '../../../clients/typescript/src/client';
import { rolesFor } from '../../api/access';
import { api } from '../../api/client';
import type { Key } from '../../api/live';
import { CLOCK_MS } from '../../api/queries';
import { useMayCall } from '../../api/session';
import { Icon } from '../../parts/icon';
import { Section } from '../../parts/section';
import { EmptyState } from '../../parts/states/empty-state';
import { ErrorState } from '../../parts/states/error-state';
import { Skeleton } from '../../parts/states/skeleton';
import { groupsOf, type Group } from './attention-groups';

/** Everything that waits for a person, the most urgent sort first. */
export function AttentionSection() {
  const key: Key = ['attention'];
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => dataOf(api.GET('/v1/attention', { signal })),
    refetchInterval: CLOCK_MS,
  });
  const groups = data ? groupsOf(data).filter(({ count }) => count > 0) : [];
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  return (
    <Section title="Needs a person" note={data && (total === 0 ? 'nothing' : String(total))}>
      {!data && !error && <Skeleton lines={3} height={48} />}
      {!data && error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && total === 0 && (
        <EmptyState title="Nothing waits for a person">
          Approvals, failed steps on hold, leftovers and operations that are stuck appear here as they happen.
        </EmptyState>
      )}
      <div className="attention">
        {groups.map((group) => (
          <AttentionGroup key={group.title} group={group} />
        ))}
      </div>
    </Section>
  );
}

function AttentionGroup({ group: { title, icon, count, items, todo, by, all } }: { group: Group }) {
  const mayAct = useMayCall();
  return (
    <div className="attention-group">
      <h3>
        <Icon name={icon} /> {title} <span className="muted">{count}</span>
      </h3>
      <p className="muted">
        {by === undefined || mayAct(by) ? todo : `A person with the role ${rolesFor(by).join(' or ')} acts on these.`}
      </p>
      <ul>
        {items.map(({ key, to, title: name, why, when, action }) => (
          <li key={key}>
            <Link href={to}>{name}</Link>
            <span>{why}</span>
            <span className="muted">{when}</span>
            {action}
          </li>
        ))}
      </ul>
      {count > items.length && <Link href={all}>All {count}</Link>}
    </div>
  );
}
