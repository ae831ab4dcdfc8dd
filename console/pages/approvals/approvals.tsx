import { Link } from 'wouter';
import { dataOf } from '../../../clients/typescript/src/client';
import type { Operation } from '../../../clients/typescript/src/types';
import { api } from '../../api/client';
import { useList } from '../../api/lists';
import { useLive } from '../../api/live';
import { EmptyState } from '../../parts/states/empty-state';
import { ErrorState } from '../../parts/states/error-state';
import { PageHeader } from '../../parts/page-header';
import { Facts, Section } from '../../parts/section';
import { Skeleton } from '../../parts/states/skeleton';
import { Time } from '../../parts/time';
import { Differences } from '../operations/ordered';
import { Verbs } from '../operations/decide/verbs';
import { Price } from './price';
import './approvals.css';

/** Orders that wait for an approver, the most urgent first. */
export default function Approvals() {
  useLive({});
  const list = useList(['operation', { list: { status: 'awaiting_approval' } }], (cursor, signal) =>
    dataOf(
      api.GET('/v1/operations', {
        params: { query: { status: 'awaiting_approval', limit: 100, ...(cursor !== undefined && { cursor }) } },
        signal,
      }),
    ),
  );
  const rows = list.rows.toSorted((a, b) => deadlineOf(a) - deadlineOf(b));
  return (
    <>
      <PageHeader title="Approvals">
        {rows.length > 0 && `${rows.length} ${rows.length === 1 ? 'order waits' : 'orders wait'} for a decision`}
      </PageHeader>
      {list.isPending && <Skeleton lines={3} height={180} />}
      {list.error !== null && <ErrorState error={list.error} onRetry={list.retry} />}
      {!list.isPending && list.error === null && rows.length === 0 && (
        <EmptyState title="Nothing waits for approval">
          Orders that go beyond their plan appear here, and approvers are told by mail.
        </EmptyState>
      )}
      {rows.map((operation) => (
        <Request key={operation.operationId} operation={operation} />
      ))}
      {list.more && (
        <button type="button" className="button" onClick={list.more}>
          Show more
        </button>
      )}
    </>
  );
}

function Request({ operation }: { operation: Operation }) {
  const { operationId, tenantName, tenantId, plan, region, approval, createdAt, requestedBy } = operation;
  return (
    <Section
      title={<Link href={`/operations/${operationId}`}>{tenantName ?? tenantId}</Link>}
      note={
        approval.deadline && (
          <>
            Decision due <Time at={approval.deadline} as="relative" />; without one, the order counts as rejected.
          </>
        )
      }
      actions={<Verbs operation={operation} />}
    >
      <div className="request">
        <Differences operationId={operationId} />
        <Facts
          facts={[
            ['Ordered', <Time at={createdAt} />],
            ['Ordered by', requestedBy],
            ['Plan', plan],
            ['Region', region ?? 'not chosen yet'],
            ['Price', <Price plan={plan} />],
          ]}
        />
      </div>
    </Section>
  );
}

function deadlineOf({ approval }: Operation): number {
  return approval.deadline === undefined ? Infinity : Date.parse(approval.deadline);
}
