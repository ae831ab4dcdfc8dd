import { Link } from 'wouter';
import type { components } from '../../../clients/typescript/generated/api';
import { providerText, resourceLabel } from '../../../contract/ledger/labels';
import type { Column } from '../../parts/tables/data-table';
import { Id } from '../../parts/id';
import { StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';

/** A lost run or an orphaned resource that a sweep has found. */
export type Finding = components['schemas']['Finding'];

/** Columns of a table of findings. */
export const FINDINGS: readonly Column<Finding>[] = [
  {
    name: 'What',
    cell: ({ reason }) => <StateBadge state={reason} tone={reason === 'lost-run' ? 'bad' : 'warning'} />,
  },
  {
    name: 'Resource',
    cell: ({ kind, provider, region }) => `${resourceLabel(kind)} (${providerText(provider, region)})`,
  },
  { name: 'Id', cell: ({ id }) => <Id id={id} what="id at the provider" /> },
  {
    name: 'Tenant',
    cell: ({ tenantId, reason }) =>
      reason === 'unknown-tenant' ? <code>{tenantId}</code> : <Link href={`/tenants/${tenantId}`}>{tenantId}</Link>,
  },
  { name: 'Found', cell: ({ foundAt }) => (foundAt === undefined ? '–' : <Time at={foundAt} />) },
  {
    name: 'Due',
    cell: ({ dueAt, state, lastError }) => (
      <>
        {state === 'resolved' || state === 'released' ? (
          <StateBadge state={state} tone="ok" />
        ) : dueAt === undefined ? (
          '–'
        ) : (
          <Time at={dueAt} as="relative" />
        )}
        {lastError && <div className="muted">{lastError}</div>}
      </>
    ),
  },
];
