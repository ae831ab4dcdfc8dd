import { useQuery } from '@tanstack/react-query';
import { dataOf } from '../../../clients/typescript/src/client';
import type { components } from '../../../clients/typescript/generated/api';
import type { Operation } from '../../../clients/typescript/src/types';
import { providerLabel, resourceLabel } from '../../../contract/ledger/labels';
import { api } from '../../api/client';
import type { Key } from '../../api/live';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { Id } from '../../parts/id';
import { Section } from '../../parts/section';
import { Skeleton } from '../../parts/states/skeleton';
import { StateBadge } from '../../parts/state-badge';

type Resource = components['schemas']['TenantResource'];

const COLUMNS: readonly Column<Resource>[] = [
  { name: 'Resource', cell: ({ kind }) => resourceLabel(kind) },
  { name: 'Provider', cell: ({ provider }) => providerLabel(provider) },
  { name: 'Region', cell: ({ region }) => region },
  { name: 'Id', cell: ({ id }) => <Id id={id} what="resource id" /> },
  { name: 'State', cell: ({ state }) => <StateBadge state={state} /> },
];

/** The tenant of an operation, with its resources. */
export function useTenant(tenantId: string) {
  const key: Key = ['tenant', { id: tenantId }];
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => dataOf(api.GET('/v1/tenants/{tenantId}', { params: { path: { tenantId } }, signal })),
  });
}

/** What the tenant has at the providers, as it appears and goes. */
export function Resources({ operation: { tenantId, steps } }: { operation: Operation }) {
  const { data: tenant, isPending } = useTenant(tenantId);
  const order = steps.map(({ id }) => String(id));
  const resources = (tenant?.resources ?? []).toSorted(
    (a, b) => order.indexOf(a.step ?? '') - order.indexOf(b.step ?? '') || a.kind.localeCompare(b.kind),
  );
  const present = resources.filter(({ state }) => state === 'present').length;
  return (
    <Section title="Resources" note={isPending ? undefined : `${present} present`}>
      {isPending && <Skeleton lines={4} />}
      {!isPending && resources.length === 0 && (
        <EmptyState title="Nothing has been made">Resources appear here as the steps make them.</EmptyState>
      )}
      {resources.length > 0 && (
        <DataTable
          label="Resources"
          columns={COLUMNS}
          rows={resources}
          idOf={({ kind, provider, region, id }) => `${kind} ${provider} ${region} ${id}`}
        />
      )}
    </Section>
  );
}
