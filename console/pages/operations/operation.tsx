import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'wouter';
import { dataOf } from '../../../clients/typescript/src/client';
import type { Operation } from '../../../clients/typescript/src/types';
import { rulesOf } from '../../../contract/operations/kinds';
import { hasEnded } from '../../../contract/operations/states';
import { api } from '../../api/client';
import { CLOCK_MS } from '../../api/queries';
import type { Key } from '../../api/live';
import { ErrorState } from '../../parts/states/error-state';
import { Icon } from '../../parts/icon';
import { Id } from '../../parts/id';
import { PageHeader } from '../../parts/page-header';
import { Facts, Section } from '../../parts/section';
import { countText } from '../../parts/quantities';
import { Prose } from '../../parts/prose';
import { PageSkeleton } from '../../parts/states/skeleton';
import { inWords, StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';
import { Decisions } from './decide/decisions';
import { DriftSection } from './drift';
import { Failures } from './failures';
import { Feed, useOperationEvents } from './feed';
import { Gantt } from './gantt';
import { Leftovers } from './leftovers';
import { OrderedSection } from './ordered';
import { Resources } from './resources';
import { Verbs } from './decide/verbs';
import { WhatToDo } from './decide/what-to-do';
import './operations.css';

/** One operation, live. */
export default function OperationPage() {
  const { operationId = '' } = useParams();
  return <Loaded key={operationId} operationId={operationId} />;
}

function Loaded({ operationId }: { operationId: string }) {
  const events = useOperationEvents(operationId);
  const key: Key = ['operation', { id: operationId }];
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/operations/{operationId}', { params: { path: { operationId } }, signal })),
    refetchInterval: ({ state: { data } }) => (data && !hasEnded(data.status) ? CLOCK_MS : false),
  });
  if (!data && !error) return <PageSkeleton />;
  if (!data)
    return (
      <>
        <PageHeader title="Operation" />
        <ErrorState error={error} onRetry={() => void refetch()} />
      </>
    );
  return (
    <>
      <Header operation={data} />
      <WhatToDo operation={data} />
      <Section title="Steps" note={`${data.completed} of ${data.total} done`}>
        <Gantt operation={data} events={events} />
        {data.estimate && (
          <p className="estimate">
            <Prose text={data.estimate.summary} />
          </p>
        )}
      </Section>
      <DriftSection operation={data} />
      <Leftovers leftovers={data.leftovers} />
      <Failures operation={data} />
      <Decisions operation={data} />
      {data.kind === 'provision' && <OrderedSection operationId={operationId} />}
      <Resources operation={data} />
      <Feed events={events} kind={data.kind} />
    </>
  );
}

function Header({ operation }: { operation: Operation }) {
  const { operationId, tenantId, tenantName = tenantId, kind, status, plan, region } = operation;
  const { createdAt, completedAt, graceDays, hold, reason, requestedBy } = operation;
  return (
    <>
      <PageHeader title={`${rulesOf(kind).title} ${tenantName}`} actions={<Verbs operation={operation} />}>
        <StateBadge state={status} />
        <Id id={operationId} what="operation id" />
        {hold && (
          <span>
            Undone by itself <Time at={hold.until} as="relative" /> unless an operator decides
          </span>
        )}
      </PageHeader>
      <Section title="About">
        <Facts
          facts={[
            [
              'Tenant',
              <Link key="tenant" href={`/tenants/${tenantId}`}>
                {tenantName}
              </Link>,
            ],
            ['Plan', plan],
            ['Region', region ?? 'not chosen yet'],
            ['Grace', graceDays === undefined ? undefined : graceDays === 0 ? 'none' : countText(graceDays, 'day')],
            ['Because', reason && inWords(reason)],
            ['Requested by', requestedBy],
            ['Requested', <Time key="at" at={createdAt} />],
            ['Ended', completedAt && <Time key="at" at={completedAt} />],
            ['Look closer', <Links key="links" operation={operation} />],
          ]}
        />
      </Section>
    </>
  );
}

function Links({ operation: { tenantId, operationId, kind, status, webUi } }: { operation: Operation }) {
  return (
    <span className="links">
      <Link href={`/tenants/${tenantId}?part=evidence`}>Evidence</Link>
      {kind === 'deprovision' && status === 'completed' && (
        <Link href={`/tenants/${tenantId}?part=removal`}>Certificate of the removal</Link>
      )}
      <Link href={`/audit?operationId=${operationId}`}>Audit trail</Link>
      {webUi && (
        <a href={webUi} target="_blank" rel="noreferrer">
          Temporal Web UI <Icon name="link" />
          <span className="visually-hidden">(opens another tab)</span>
        </a>
      )}
    </span>
  );
}
