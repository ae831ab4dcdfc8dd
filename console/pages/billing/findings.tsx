import { Link } from 'wouter';
import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { BILLING_FINDING_STATES } from '../../../contract/billing/problems';
import { api } from '../../api/client';
import { useList } from '../../api/lists';
import { ChoiceFilter, useFilters } from '../../parts/forms/filters';
import { Id } from '../../parts/id';
import { Section } from '../../parts/section';
import { StateBadge } from '../../parts/state-badge';
import type { Column } from '../../parts/tables/data-table';
import { Listing } from '../../parts/tables/listing';
import { Time } from '../../parts/time';
import { ResolveVerb } from './resolve-verb';

type Finding = components['schemas']['BillingFinding'];

const TONES = { open: 'bad', resolved: 'quiet', ended: 'ok' } as const;

const TENANT: Column<Finding> = {
  name: 'Tenant',
  cell: ({ tenantId }) =>
    tenantId === undefined ? 'none' : <Link href={`/tenants/${tenantId}?part=billing`}>{tenantId}</Link>,
};

const COLUMNS: readonly Column<Finding>[] = [
  {
    name: 'Problem',
    cell: ({ found, remedy, state }) => (
      <>
        {found}
        {state === 'open' && <div className="muted">{remedy}</div>}
      </>
    ),
  },
  { name: 'At Stripe', cell: ({ object }) => <Id id={object} what="id at Stripe" /> },
  { name: 'Found', cell: ({ foundAt }) => <Time at={foundAt} /> },
  {
    name: 'State',
    cell: ({ state, endedAt, resolution }) => (
      <>
        <StateBadge state={state} tone={TONES[state]} />
        {resolution && (
          <div className="muted">
            by {resolution.by}: {resolution.reason}
          </div>
        )}
        {state === 'ended' && endedAt !== undefined && (
          <div className="muted">
            <Time at={endedAt} />
          </div>
        )}
      </>
    ),
  },
  {
    name: 'Action',
    align: 'end',
    cell: (finding) => (finding.state === 'open' ? <ResolveVerb finding={finding} /> : null),
  },
];

/** Findings in billing, newest first: of one tenant, or of all. */
export function BillingFindings({ tenantId }: { tenantId?: string | undefined }) {
  const [{ findings = 'open' }, change] = useFilters(['findings']);
  const state = findings === 'all' ? undefined : (findings as Finding['state']);
  const list = useList<Finding>(['billing', { ...(tenantId && { id: tenantId }), findings }], (cursor, signal) =>
    dataOf(
      api.GET('/v1/billing/findings', {
        params: { query: { ...(state && { state }), ...(tenantId && { tenantId }), ...(cursor && { cursor }) } },
        signal,
      }),
    ),
  );
  return (
    <Section
      title="Findings"
      note="What Stripe has differently from the ledger, or what will soon stop payments."
      actions={
        <ChoiceFilter
          label="Findings shown"
          value={state}
          choices={BILLING_FINDING_STATES}
          onChange={(chosen) => change({ findings: chosen ?? 'all' })}
        />
      }
    >
      <Listing
        list={list}
        label="Findings in billing"
        columns={tenantId === undefined ? [TENANT, ...COLUMNS] : COLUMNS}
        idOf={({ findingId }) => findingId}
        empty={findings === 'open' ? 'Nothing in billing needs a person' : 'No such finding'}
      />
    </Section>
  );
}
