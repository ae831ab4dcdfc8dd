import { useState } from 'react';
import { Link, useParams } from 'wouter';
import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { queryClient } from '../../api/queries';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { Id } from '../../parts/id';
import { PageHeader } from '../../parts/page-header';
import { Reading } from '../../parts/states/reading';
import { Facts, Section } from '../../parts/section';
import { StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';
import { VerbButton, type Verb } from '../../parts/forms/verb';
import { createPace } from './pace';
import './webhooks.css';

type Attempt = components['schemas']['WebhookAttempt'];

const ATTEMPTS: readonly Column<Attempt>[] = [
  { name: 'Attempt', cell: ({ attempt }) => attempt },
  { name: 'When', cell: ({ at }) => <Time at={at} /> },
  { name: 'Took', cell: ({ milliseconds }) => `${milliseconds} ms`, align: 'end' },
  {
    name: 'Answer',
    cell: ({ status, problem, answer }) => (
      <>
        {status ?? problem}
        {answer && <code className="answer">{answer}</code>}
      </>
    ),
  },
];

/** One message to an endpoint: what was sent, and every attempt. */
export default function MessagePage() {
  const { endpointId = '', deliveryId = '' } = useParams();
  const path = { endpointId, deliveryId };
  const [pace] = useState(createPace);
  return (
    <Reading
      key={deliveryId}
      of={['webhook', { message: deliveryId }]}
      lines={8}
      read={(signal) =>
        dataOf(api.GET('/v1/webhook-endpoints/{endpointId}/deliveries/{deliveryId}', { params: { path }, signal }))
      }
      againAfter={(message) => pace.after([message], Date.now())}
    >
      {({ type, state, createdAt, endedAt, nextAttemptAt, operationId, tenantId, payload, history }) => (
        <>
          <PageHeader title={type} actions={<VerbButton verb={redeliver(path)} />}>
            <StateBadge state={state} tone={state === 'trying' ? 'busy' : undefined} />
            <Id id={deliveryId} what="message id" />
          </PageHeader>
          <Section title="About">
            <Facts
              facts={[
                ['Endpoint', <Link href={`/webhooks/${endpointId}`}>{endpointId}</Link>],
                ['Tenant', tenantId && <Link href={`/tenants/${tenantId}`}>{tenantId}</Link>],
                ['Operation', operationId && <Link href={`/operations/${operationId}`}>{operationId}</Link>],
                ['Made', <Time at={createdAt} />],
                ['Ended', endedAt && <Time at={endedAt} />],
                ['Next attempt', nextAttemptAt && <Time at={nextAttemptAt} as="relative" />],
              ]}
            />
          </Section>
          <Section title="Attempts">
            {history.length === 0 ? (
              <EmptyState title="Not tried yet" />
            ) : (
              <DataTable label="Attempts" columns={ATTEMPTS} rows={history} idOf={({ attempt }) => String(attempt)} />
            )}
          </Section>
          <Section title="Body, as it is signed">
            <pre tabIndex={0}>{payload}</pre>
          </Section>
        </>
      )}
    </Reading>
  );
}

function redeliver(path: { endpointId: string; deliveryId: string }): Verb {
  return {
    label: 'Deliver again',
    title: 'Deliver this message again?',
    consequence: <p>With the same webhook-id, by which the receiver recognises a repetition.</p>,
    run: () =>
      dataOf(api.POST('/v1/webhook-endpoints/{endpointId}/deliveries/{deliveryId}:redeliver', { params: { path } })),
    onDone: () => void queryClient.invalidateQueries({ queryKey: ['webhook'] }),
  };
}
