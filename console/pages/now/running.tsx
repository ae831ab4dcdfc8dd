import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { dataOf } from '../../../clients/typescript/src/client';
import type { Operation } from '../../../clients/typescript/src/types';
import { rulesOf } from '../../../contract/operations/kinds';
import { api } from '../../api/client';
import type { Key } from '../../api/live';
import { EmptyState } from '../../parts/empty-state';
import { ErrorState } from '../../parts/error-state';
import { Section } from '../../parts/section';
import { Skeleton } from '../../parts/skeleton';
import { StateBadge } from '../../parts/state-badge';
import { StepBar } from '../../parts/step-bar';

/** Operations that are named here; all of them are on the page of operations. */
const MOST = 8;

/** What runs now, with its steps, its estimate and what is slow or stuck. */
export function Running() {
  const key: Key = ['operation', { open: true, limit: MOST }];
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/operations', { params: { query: { open: 'true', limit: MOST } }, signal })),
  });
  return (
    <Section
      title="Running"
      actions={data?.nextCursor !== undefined && <Link href="/operations?open=true">All that run</Link>}
    >
      {!data && !error && <Skeleton lines={3} height={48} />}
      {!data && error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data?.items.length === 0 && (
        <EmptyState title="Nothing runs">
          Operations appear here with their steps as soon as they are accepted.
        </EmptyState>
      )}
      <ul className="running">
        {data?.items.map((operation) => (
          <Row key={operation.operationId} listed={operation} />
        ))}
      </ul>
    </Section>
  );
}

/** Estimate and pace are not part of lists, so each of the few is read by itself. */
function Row({ listed }: { listed: Operation }) {
  const { operationId } = listed;
  const key: Key = ['operation', { id: operationId }];
  const { data: operation = listed } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/operations/{operationId}', { params: { path: { operationId } }, signal })),
  });
  const late = operation.steps.filter(({ progress }) => progress && progress.pace !== 'normal');
  return (
    <li>
      <Link href={`/operations/${operationId}`}>
        {rulesOf(operation.kind).title} {operation.tenantName ?? operation.tenantId}
      </Link>
      <StateBadge state={operation.status} />
      <StepBar operation={operation} />
      <span className="running-note">
        {late.map(({ id, label, progress }) => (
          <span key={id}>
            <StateBadge state={progress!.pace} /> {label}: {progress!.reason}
          </span>
        ))}
        {late.length === 0 && <span className="muted">{operation.estimate?.summary}</span>}
      </span>
    </li>
  );
}
