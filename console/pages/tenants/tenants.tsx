import { Link } from 'wouter';
import { dataOf } from '../../../clients/typescript/src/client';
import type { Tenant } from '../../../clients/typescript/src/types';
import { rulesOf } from '../../../contract/operations/kinds';
import { PLANS } from '../../../contract/orders/order';
import { TENANT_STATES } from '../../../contract/tenants/states';
import { api } from '../../api/client';
import { useList } from '../../api/lists';
import { useLive } from '../../api/live';
import type { Column } from '../../parts/tables/data-table';
import { ChoiceFilter, TextFilter, useFilters } from '../../parts/forms/filters';
import { RegionFilter } from '../order/fields/region-filter';
import { Listing } from '../../parts/tables/listing';
import { NoneYet } from '../../parts/states/none-yet';
import { PageHeader } from '../../parts/page-header';
import { inWords, StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';
import './tenants.css';

const COLUMNS: readonly Column<Tenant>[] = [
  {
    name: 'Tenant',
    cell: ({ tenantId, tenantName }) => <Link href={`/tenants/${tenantId}`}>{tenantName}</Link>,
  },
  { name: 'State', cell: (tenant) => <TenantState tenant={tenant} /> },
  { name: 'Under way', cell: (tenant) => <UnderWay tenant={tenant} /> },
  { name: 'Plan', cell: ({ plan }) => plan },
  { name: 'Region', cell: ({ region }) => region ?? '–' },
  { name: 'Ordered', cell: ({ createdAt }) => <Time at={createdAt} /> },
];

/** All tenants, newest first. */
export default function Tenants() {
  const [filters, change] = useFilters(['name', 'organization', 'state', 'plan', 'region', 'legalHold']);
  useLive({});
  const list = useList(['tenant', { list: filters }], (cursor, signal) =>
    dataOf(
      api.GET('/v1/tenants', {
        // The API refuses a value that it does not know, in words.
        params: { query: { state: 'all', ...filters, ...(cursor !== undefined && { cursor }), limit: 100 } as never },
        signal,
      }),
    ),
  );
  return (
    <>
      <PageHeader title="Tenants" />
      <div className="filters" role="search">
        <TextFilter label="Name begins with" value={filters.name} onChange={(name) => change({ name })} />
        <TextFilter
          label="Organization"
          value={filters.organization}
          hint="full name"
          onChange={(organization) => change({ organization })}
        />
        <ChoiceFilter
          label="State"
          value={filters.state}
          choices={TENANT_STATES}
          onChange={(state) => change({ state })}
        />
        <ChoiceFilter label="Plan" value={filters.plan} choices={PLANS} onChange={(plan) => change({ plan })} />
        <RegionFilter value={filters.region} onChange={(region) => change({ region })} />
        <div className="filter">
          <label htmlFor="legal-hold">Legal hold</label>
          <select
            id="legal-hold"
            value={filters.legalHold ?? ''}
            onChange={({ target }) => change({ legalHold: target.value || undefined })}
          >
            <option value="">All</option>
            <option value="true">Standing</option>
          </select>
        </div>
      </div>
      <Listing
        list={list}
        label="Tenants"
        columns={COLUMNS}
        idOf={({ tenantId }) => tenantId}
        lines={10}
        empty={
          <NoneYet what="tenant" isFiltered={Object.keys(filters).length > 0}>
            {(filters.name ?? filters.organization) !== undefined &&
              ' A removed tenant keeps neither name nor organization, only its id: press Ctrl K and type the id. The certificate of the removal is on the tenant’s page, under “Removal”.'}
          </NoneYet>
        }
      />
    </>
  );
}

/** A tenant's state with its reason, and what limits it besides. */
export function TenantState({ tenant }: { tenant: Tenant }) {
  const { state, access, arrears, legalHold, trial } = tenant;
  const reason = reasonOf(tenant);
  return (
    <span className="badges">
      <StateBadge state={state} {...(reason !== undefined && { label: `${inWords(state)}: ${inWords(reason)}` })} />
      {state !== 'gone' && access === 'read-only' && <StateBadge state="read-only" tone="warning" label="read only" />}
      {state === 'leaving' && <StateBadge state="closed" tone="warning" label="access closed" />}
      {arrears && <StateBadge state="past_due" label="payment past due" />}
      {legalHold && <StateBadge state="legal-hold" tone="waiting" label="legal hold" />}
      {trial && <StateBadge state="trial" tone="quiet" label="trial" />}
    </span>
  );
}

/** Why the tenant is suspended, leaving or gone. */
function reasonOf({ state, suspension, removal }: Tenant): string | undefined {
  if (state === 'suspended') return suspension?.reason;
  return state === 'leaving' || state === 'gone' ? removal?.reason : undefined;
}

function UnderWay({ tenant: { openOperation } }: { tenant: Tenant }) {
  if (!openOperation) return '–';
  const { operationId, kind, status } = openOperation;
  return (
    <span className="badges">
      <Link href={`/operations/${operationId}`}>{rulesOf(kind).title}</Link>
      <StateBadge state={status} />
    </span>
  );
}
