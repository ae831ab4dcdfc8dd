import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { dataOf } from '../../../clients/typescript/src/client';
import type { Operation } from '../../../clients/typescript/src/types';
import { rulesOf } from '../../../contract/operations/kinds';
import { api } from '../../api/client';
import { CLOCK_MS } from '../../api/queries';
import type { Key } from '../../api/live';
import { EmptyState } from '../../parts/states/empty-state';
import { ErrorState } from '../../parts/states/error-state';
import { Prose } from '../../parts/prose';
import { Section } from '../../parts/section';
import { Skeleton } from '../../parts/states/skeleton';
import { StateBadge } from '../../parts/state-badge';
import { isWait } from '../operations/timeline';
import { StepBar } from '../../parts/charts/step-bar';

/** Operations that are named here; all of them are on the page of operations. */
const MOST = 8;

type WaitsFor = NonNullable<NonNullable<Operation['estimate']>['waitsFor']>;

const WAITED_FOR: Record<WaitsFor, string> = {
  approver: 'an approver',
  operator: 'an operator',
  'grace-period': 'the end of the grace period',
  'legal-hold': 'the end of a legal hold',
};

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
    refetchInterval: CLOCK_MS,
  });
  // Operations that wait for a person are in the section “Needs a person”.
  const { waitsFor, summary } = operation.estimate ?? {};
  const isWaiting = waitsFor !== undefined && isWait(operation.status);
  const late = isWaiting ? [] : operation.steps.filter(({ progress }) => progress && progress.pace !== 'normal');
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
            <StateBadge state={progress!.pace} /> {label}: <Prose text={progress!.reason} />
          </span>
        ))}
        {late.length === 0 && (
          <span className="muted">
            {isWaiting ? `Waits for ${WAITED_FOR[waitsFor]}` : <Prose text={summary ?? ''} />}
          </span>
        )}
      </span>
    </li>
  );
}
