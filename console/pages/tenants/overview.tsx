import { Link } from 'wouter';
import { dataOf } from '../../../clients/typescript/src/client';
import type { Operation, Tenant } from '../../../clients/typescript/src/types';
import { providerLabel, resourceLabel } from '../../../contract/ledger/labels';
import { rulesOf } from '../../../contract/operations/kinds';
import { api } from '../../api/client';
import { useList } from '../../api/lists';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { Id } from '../../parts/id';
import { Listing } from '../../parts/tables/listing';
import { bytesText } from '../../parts/quantities';
import { Facts, Section } from '../../parts/section';
import { inWords, StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';

type Resource = NonNullable<Tenant['resources']>[number];

/** What the tenant is, what it has, and what has been done to it. */
export function Overview({ tenant }: { tenant: Tenant }) {
  const { plan, region, createdAt, stateSince, state, access, legalHold, trial, storage, placement } = tenant;
  const { suspension, removal, removalAt, arrears } = tenant;
  return (
    <>
      <Section title="About">
        <Facts
          facts={[
            ['Plan', plan],
            ['Region', region ?? 'not chosen yet'],
            ['Address', placement?.['network']],
            ['Ordered', <Time at={createdAt} />],
            ['In this state since', <Time at={stateSince} />],
            ['Suspended because', suspension && inWords(suspension.reason)],
            ['Payment', arrears && <ArrearsText tenantId={tenant.tenantId} arrears={arrears} />],
            ['Access', ACCESS[state === 'gone' ? 'gone' : access]],
            ['Leaves because', removal?.reason && inWords(removal.reason)],
            ['Deleted from', removalAt && <Time at={removalAt} />],
            ['Legal hold', legalHold && <HoldText hold={legalHold} />],
            ['Trial', trial && <TrialText trial={trial} />],
            ['Storage', storage && <StorageText storage={storage} />],
          ]}
        />
      </Section>
      <Operations tenantId={tenant.tenantId} />
      <Resources tenant={tenant} />
    </>
  );
}

const ACCESS: Record<Tenant['access'] | 'gone', string> = {
  open: 'open',
  'read-only': 'read only: nothing can be written',
  closed: 'closed: nobody can sign in',
  gone: 'none: nothing is left',
};

function ArrearsText({ tenantId, arrears: { since, actionRequired } }: ArrearsProps) {
  return (
    <>
      past due since <Time at={since} />
      {actionRequired && ': the owner of the payment method has to authenticate'}.{' '}
      <Link href={`/tenants/${tenantId}?part=billing`}>Invoices</Link>
    </>
  );
}

interface ArrearsProps {
  tenantId: string;
  arrears: NonNullable<Tenant['arrears']>;
}

function HoldText({ hold: { since, until } }: { hold: NonNullable<Tenant['legalHold']> }) {
  return (
    <>
      since <Time at={since} />
      {until === undefined ? ', until it is lifted' : ', until '}
      {until !== undefined && <Time at={until} />}
    </>
  );
}

function TrialText({ trial: { endsAt, then } }: { trial: NonNullable<Tenant['trial']> }) {
  return (
    <>
      ends <Time at={endsAt} as="relative" />, then {rulesOf(then).title.toLowerCase()}
    </>
  );
}

function StorageText({ storage: { bytes, quotaBytes, writable } }: { storage: NonNullable<Tenant['storage']> }) {
  const quota = quotaBytes === undefined ? '' : ` of ${bytesText(quotaBytes)}`;
  return `${bytesText(bytes)}${quota}${writable ? '' : ' – above the quota, so nothing can be written'}`;
}

const OPERATIONS: readonly Column<Operation>[] = [
  {
    name: 'Operation',
    cell: ({ operationId, kind }) => <Link href={`/operations/${operationId}`}>{rulesOf(kind).title}</Link>,
  },
  { name: 'State', cell: ({ status }) => <StateBadge state={status} /> },
  { name: 'Requested by', cell: ({ requestedBy }) => requestedBy },
  { name: 'Requested', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { name: 'Ended', cell: ({ completedAt }) => (completedAt === undefined ? '–' : <Time at={completedAt} />) },
];

function Operations({ tenantId }: { tenantId: string }) {
  const list = useList(['operation', { tenant: tenantId }], (cursor, signal) =>
    dataOf(
      api.GET('/v1/operations', {
        params: { query: { tenantId, limit: 20, ...(cursor !== undefined && { cursor }) } },
        signal,
      }),
    ),
  );
  return (
    <Section title="Operations">
      <Listing
        list={list}
        label="Operations of this tenant"
        columns={OPERATIONS}
        idOf={({ operationId }) => operationId}
        lines={2}
        empty="No operation"
      />
    </Section>
  );
}

const RESOURCES: readonly Column<Resource>[] = [
  { name: 'Resource', cell: ({ kind }) => resourceLabel(kind) },
  { name: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  { name: 'Provider', cell: ({ provider }) => providerLabel(provider) },
  { name: 'Region', cell: ({ region }) => region },
  { name: 'Id', cell: ({ id }) => <Id id={id} what="resource id" /> },
  { name: 'Details', cell: ({ facts }) => <ResourceFacts facts={facts} /> },
];

function Resources({ tenant: { resources = [], skippedSteps = [] } }: { tenant: Tenant }) {
  return (
    <Section title="Resources" note="From the ledger: a row is written before anything is made.">
      {skippedSteps.map(({ step, reason, by, at }) => (
        <p key={step} className="muted">
          {by} skipped “{rulesOf('provision').steps[step]?.label ?? inWords(step)}” on <Time at={at} />: {reason}
        </p>
      ))}
      {resources.length === 0 ? (
        <EmptyState title="Nothing has been made yet" />
      ) : (
        <DataTable label="Resources" columns={RESOURCES} rows={resources} idOf={({ kind, id }) => `${kind} ${id}`} />
      )}
    </Section>
  );
}

function ResourceFacts({ facts = {} }: { facts: Resource['facts'] }) {
  const entries = Object.entries(facts);
  if (entries.length === 0) return '–';
  return (
    <details className="facts-detail">
      <summary>{entries.length === 1 ? '1 fact' : `${entries.length} facts`}</summary>
      {entries.map(([name, value]) => (
        <div key={name}>
          {name}: <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
        </div>
      ))}
    </details>
  );
}
