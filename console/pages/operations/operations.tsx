import { Link } from 'wouter';
import { dataOf } from '../../../clients/typescript/src/client';
import type { Operation } from '../../../clients/typescript/src/types';
import { OPERATION_KINDS, rulesOf, type OperationKind } from '../../../contract/operations/kinds';
import { STATUSES } from '../../../contract/operations/states';
import { PLANS } from '../../../contract/orders/order';
import { api } from '../../api/client';
import { replaceRow, useList } from '../../api/lists';
import { useLive, type Key } from '../../api/live';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { NoneYet } from '../../parts/states/none-yet';
import { Check } from '../../parts/forms/field';
import { RegionFilter } from '../order/fields/region-filter';
import { ErrorState } from '../../parts/states/error-state';
import { ChoiceFilter, TextFilter, useFilters } from '../../parts/forms/filters';
import { PageHeader } from '../../parts/page-header';
import { Skeleton } from '../../parts/states/skeleton';
import { StateBadge } from '../../parts/state-badge';
import { StepBar } from '../../parts/charts/step-bar';
import { Time } from '../../parts/time';
import './operations.css';

const COLUMNS: readonly Column<Operation>[] = [
  {
    name: 'Operation',
    cell: ({ operationId, kind, tenantName, tenantId }) => (
      <Link href={`/operations/${operationId}`}>
        {rulesOf(kind).title} {tenantName ?? tenantId}
      </Link>
    ),
  },
  { name: 'State', cell: ({ status }) => <StateBadge state={status} /> },
  { name: 'Steps', cell: (operation) => <StepBar operation={operation} /> },
  { name: 'Plan', cell: ({ plan }) => plan },
  { name: 'Region', cell: ({ region }) => region ?? '–' },
  { name: 'Ordered', cell: ({ createdAt }) => <Time at={createdAt} /> },
];

/** Reads one operation of a long list again. */
async function renew(key: Key, operationId: string): Promise<void> {
  const operation = await dataOf(api.GET('/v1/operations/{operationId}', { params: { path: { operationId } } }));
  replaceRow(key, operation, (each: Operation) => each.operationId === operationId);
}

/** All operations, newest first. */
export default function Operations() {
  const [filters, change] = useFilters(['open', 'status', 'kind', 'plan', 'region', 'name']);
  const key: Key = ['operation', { list: filters }];
  const list = useList(key, (cursor, signal) =>
    dataOf(
      api.GET('/v1/operations', {
        // The API refuses a value that it does not know, in words.
        params: { query: { ...filters, ...(cursor !== undefined && { cursor }), limit: 100 } as never },
        signal,
      }),
    ),
  );
  useLive({}, undefined, (ids) => {
    if (list.pages <= 1) return;
    for (const { operationId } of list.rows) if (ids.has(operationId)) void renew(key, operationId);
  });
  return (
    <>
      <PageHeader title="Operations" />
      <div className="filters" role="search">
        <TextFilter label="Tenant’s name begins with" value={filters.name} onChange={(name) => change({ name })} />
        <ChoiceFilter
          label="State"
          value={filters.status}
          choices={STATUSES}
          onChange={(status) => change({ status })}
        />
        <ChoiceFilter
          label="Kind"
          value={filters.kind}
          choices={OPERATION_KINDS}
          wordsOf={(kind) => rulesOf(kind as OperationKind).title}
          onChange={(kind) => change({ kind })}
        />
        <ChoiceFilter label="Plan" value={filters.plan} choices={PLANS} onChange={(plan) => change({ plan })} />
        <RegionFilter value={filters.region} onChange={(region) => change({ region })} />
        <Check
          label="Only those that run"
          checked={filters.open !== undefined}
          onChange={(event) => change({ open: event.target.checked ? 'true' : undefined })}
        />
      </div>
      {list.isPending && <Skeleton lines={10} height={40} />}
      {list.error !== null && <ErrorState error={list.error} onRetry={list.retry} />}
      {!list.isPending && list.error === null && list.rows.length === 0 && (
        <NoneYet what="operation" isFiltered={Object.keys(filters).length > 0} />
      )}
      {list.rows.length > 0 && (
        <DataTable
          label="Operations"
          columns={COLUMNS}
          rows={list.rows}
          idOf={({ operationId }) => operationId}
          onMore={list.more}
        />
      )}
    </>
  );
}
