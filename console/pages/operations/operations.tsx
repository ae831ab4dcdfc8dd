import { Link } from 'wouter';
import { dataOf } from '../../../clients/typescript/src/client';
import type { Operation } from '../../../clients/typescript/src/types';
import { OPERATION_KINDS, rulesOf } from '../../../contract/operations/kinds';
import { STATUSES } from '../../../contract/operations/states';
import { PLANS } from '../../../contract/orders/order';
import { api } from '../../api/client';
import { useList } from '../../api/lists';
import { useLive } from '../../api/live';
import { DataTable, type Column } from '../../parts/data-table';
import { EmptyState } from '../../parts/empty-state';
import { ErrorState } from '../../parts/error-state';
import { ChoiceFilter, TextFilter, useFilters } from '../../parts/filters';
import { PageHeader } from '../../parts/page-header';
import { Skeleton } from '../../parts/skeleton';
import { StateBadge } from '../../parts/state-badge';
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
  { name: 'Steps', cell: ({ completed, total }) => `${completed} of ${total}` },
  { name: 'Plan', cell: ({ plan }) => plan },
  { name: 'Region', cell: ({ region }) => region ?? '–' },
  { name: 'Ordered', cell: ({ createdAt }) => <Time at={createdAt} /> },
];

/** All operations, newest first. */
export default function Operations() {
  const [filters, change] = useFilters(['status', 'kind', 'plan', 'region', 'name']);
  useLive({});
  const list = useList(['operation', { list: filters }], (cursor, signal) =>
    dataOf(
      api.GET('/v1/operations', {
        // The API refuses a value that it does not know, in words.
        params: { query: { ...filters, ...(cursor !== undefined && { cursor }), limit: 100 } as never },
        signal,
      }),
    ),
  );
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
          onChange={(kind) => change({ kind })}
        />
        <ChoiceFilter label="Plan" value={filters.plan} choices={PLANS} onChange={(plan) => change({ plan })} />
        <TextFilter label="Region" value={filters.region} onChange={(region) => change({ region })} />
      </div>
      {list.isPending && <Skeleton lines={10} height={40} />}
      {list.error !== null && <ErrorState error={list.error} onRetry={list.retry} />}
      {!list.isPending && list.error === null && list.rows.length === 0 && (
        <EmptyState title="No operation matches">Clear a filter, or order a tenant.</EmptyState>
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
