import { useEffect, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { DELIVERY_STATES } from '../../../contract/webhooks/webhooks';
import { api } from '../../api/client';
import { useList } from '../../api/lists';
import { useLive } from '../../api/live';
import { queryClient } from '../../api/queries';
import { useMayCall, useSession } from '../../api/session';
import type { Column } from '../../parts/tables/data-table';
import { ChoiceFilter, useFilters } from '../../parts/forms/filters';
import { Id } from '../../parts/id';
import { Listing } from '../../parts/tables/listing';
import { OneTimeSecret } from '../../parts/one-time-secret';
import { PageHeader } from '../../parts/page-header';
import { Reading } from '../../parts/states/reading';
import { Facts, Section } from '../../parts/section';
import { StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';
import { VerbButton } from '../../parts/forms/verb';
import { change, redeliverRange, remove, rotate, test, toggle, type Endpoint } from './endpoint-verbs';
import { createPace } from './pace';
import { EndpointState } from './webhooks';

type Delivery = components['schemas']['WebhookDelivery'];

/** One endpoint and the messages to it. */
export default function EndpointPage() {
  const { endpointId = '' } = useParams();
  return (
    <Reading
      key={endpointId}
      of={['webhook', { endpoint: endpointId }]}
      lines={8}
      read={(signal) =>
        dataOf(api.GET('/v1/webhook-endpoints/{endpointId}', { params: { path: { endpointId } }, signal }))
      }
    >
      {(endpoint) => <Shown endpoint={endpoint} />}
    </Reading>
  );
}

function Shown({ endpoint }: { endpoint: Endpoint }) {
  const [secret, setSecret] = useState<string>();
  const { endpointId, url, owner, eventTypes, previousSecretUntil, createdAt } = endpoint;
  return (
    <>
      <PageHeader title={url} actions={<Verbs endpoint={endpoint} show={setSecret} />}>
        <EndpointState endpoint={endpoint} />
        <Id id={endpointId} what="endpoint id" />
      </PageHeader>
      {secret !== undefined && (
        <OneTimeSecret what="signing secret" secret={secret} onStored={() => setSecret(undefined)} />
      )}
      <Section title="About">
        <Facts
          facts={[
            ['Owner', owner],
            ['Events', eventTypes ? eventTypes.join(', ') : 'all that the owner may see'],
            ['Made', <Time at={createdAt} />],
            ['Also signed with the old secret until', previousSecretUntil && <Time at={previousSecretUntil} />],
          ]}
        />
      </Section>
      <Messages endpointId={endpointId} />
    </>
  );
}

function Verbs({ endpoint, show }: { endpoint: Endpoint; show: (secret: string) => void }) {
  const user = useSession().data?.user;
  const mayCall = useMayCall();
  const [, navigate] = useLocation();
  if (!user) return null;
  const isOwn = user.id === endpoint.owner && mayCall('changeWebhookEndpoint');
  return (
    <>
      {isOwn && endpoint.state === 'enabled' && <VerbButton verb={test(endpoint)} />}
      {mayCall('redeliverWebhooks') && endpoint.state === 'enabled' && <VerbButton verb={redeliverRange(endpoint)} />}
      {mayCall('disableWebhookEndpoint') && <VerbButton verb={toggle(endpoint)} />}
      {isOwn && (
        <>
          <VerbButton verb={change(endpoint)} />
          <VerbButton verb={rotate(endpoint, show)} />
          <VerbButton verb={remove(endpoint, () => navigate('/webhooks'))} />
        </>
      )}
    </>
  );
}

function Messages({ endpointId }: { endpointId: string }) {
  const [{ state }, filter] = useFilters(['state']);
  const [pace] = useState(createPace);
  const mayFollow = useMayCall()('followEvents');
  const list = useList(
    ['webhook', { messages: endpointId, state }],
    (cursor, signal) =>
      dataOf(
        api.GET('/v1/webhook-endpoints/{endpointId}/deliveries', {
          params: {
            path: { endpointId },
            query: {
              limit: 100,
              ...(state !== undefined && { state: state as Delivery['state'] }),
              ...(cursor !== undefined && { cursor }),
            },
          },
          signal,
        }),
      ),
    { againAfter: (messages) => pace.after(messages, Date.now()) },
  );
  // An answer of the receiver may also change the endpoint: whether it fails, or is gone.
  const newest = list.rows.map(({ deliveryId, state: now, attempts }) => `${deliveryId} ${now} ${attempts}`).join();
  useEffect(() => {
    if (newest !== '') void queryClient.invalidateQueries({ queryKey: ['webhook', { endpoint: endpointId }] });
  }, [newest, endpointId]);
  const expect = (): void => {
    pace.expect(Date.now());
    if (list.pages === 1) list.retry();
  };
  return (
    <Section
      title="Messages"
      note="Read again while a message is under way."
      actions={
        <>
          <ChoiceFilter
            label="State"
            value={state}
            choices={DELIVERY_STATES}
            onChange={(chosen) => filter({ state: chosen })}
          />
          <button type="button" className="button" onClick={list.retry}>
            Read again
          </button>
        </>
      }
    >
      {mayFollow && <Follow onEvents={expect} />}
      <Listing
        list={list}
        label="Messages"
        columns={messageColumns(endpointId)}
        idOf={({ deliveryId }) => deliveryId}
        empty={state === undefined ? 'No message yet' : 'No message in this state'}
        emptyNote="A message is made for every event that the endpoint receives, and for each test."
      />
    </Section>
  );
}

/** Tells of events, of which messages are made a little later. */
function Follow({ onEvents }: { onEvents: () => void }) {
  useLive({}, undefined, onEvents);
  return null;
}

function messageColumns(endpointId: string): readonly Column<Delivery>[] {
  return [
    {
      name: 'Message',
      cell: ({ deliveryId, type }) => <Link href={`/webhooks/${endpointId}/${deliveryId}`}>{type}</Link>,
    },
    { name: 'State', cell: ({ state }) => <StateBadge state={state} tone={state === 'trying' ? 'busy' : undefined} /> },
    { name: 'Attempts', cell: ({ attempts }) => attempts, align: 'end' },
    { name: 'Last answer', cell: ({ lastAttempt }) => lastAttempt?.status ?? lastAttempt?.problem ?? '–' },
    { name: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      name: 'Next attempt',
      cell: ({ nextAttemptAt }) => (nextAttemptAt === undefined ? '–' : <Time at={nextAttemptAt} as="relative" />),
    },
  ];
}
