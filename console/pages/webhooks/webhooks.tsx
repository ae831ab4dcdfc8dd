import { useState } from 'react';
import { Link } from 'wouter';
import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { useList } from '../../api/lists';
import { rolesFor } from '../../api/access';
import { useMayCall } from '../../api/session';
import type { Column } from '../../parts/tables/data-table';
import { Listing } from '../../parts/tables/listing';
import { OneTimeSecret } from '../../parts/one-time-secret';
import { PageHeader } from '../../parts/page-header';
import { StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';
import { VerbButton } from '../../parts/forms/verb';
import { create } from './endpoint-verbs';

type Endpoint = components['schemas']['WebhookEndpoint'];

const COLUMNS: readonly Column<Endpoint>[] = [
  { name: 'Address', cell: ({ endpointId, url }) => <Link href={`/webhooks/${endpointId}`}>{url}</Link> },
  { name: 'State', cell: (endpoint) => <EndpointState endpoint={endpoint} /> },
  { name: 'Events', cell: ({ eventTypes }) => (eventTypes ? eventTypes.join(', ') : 'all') },
  { name: 'Owner', cell: ({ owner }) => owner },
  { name: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
];

/** Endpoints to which events are sent. */
export default function Webhooks() {
  const [secret, setSecret] = useState<string>();
  const mayManage = useMayCall()('createWebhookEndpoint');
  const list = useList(['webhook'], (cursor, signal) =>
    dataOf(
      api.GET('/v1/webhook-endpoints', {
        params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } },
        signal,
      }),
    ),
  );
  return (
    <>
      <PageHeader title="Webhooks" actions={mayManage && <VerbButton verb={create(setSecret)} />} />
      {secret !== undefined && (
        <OneTimeSecret what="signing secret" secret={secret} onStored={() => setSecret(undefined)} />
      )}
      <Listing
        list={list}
        label="Webhook endpoints"
        columns={COLUMNS}
        idOf={({ endpointId }) => endpointId}
        empty="No endpoint"
        emptyNote={`An endpoint receives signed messages about events. Making one needs the role ${rolesFor('createWebhookEndpoint').join(' or ')}.`}
      />
    </>
  );
}

/** Whether messages get through to an endpoint, and why not. */
export function EndpointState({ endpoint: { state, disabledBecause, failingSince } }: { endpoint: Endpoint }) {
  return (
    <span className="badges">
      <StateBadge state={state} tone={state === 'disabled' && disabledBecause === 'requested' ? 'quiet' : undefined} />
      {disabledBecause === 'gone' && <span className="muted">it answered 410</span>}
      {disabledBecause === 'failing' && <span className="muted">it only failed, for days</span>}
      {state === 'enabled' && failingSince !== undefined && (
        <>
          <StateBadge state="failing" tone="bad" />
          <span className="muted">
            since <Time at={failingSince} as="relative" />
          </span>
        </>
      )}
    </span>
  );
}
