import { Link } from 'wouter';
import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { useList } from '../../api/lists';
import type { Column } from '../../parts/tables/data-table';
import { Listing } from '../../parts/tables/listing';
import { Time } from '../../parts/time';
import './audit.css';

type Entry = components['schemas']['AuditEntry'];

/** Which entries to list. */
export interface EntryFilter {
  tenantId?: string | undefined;
  operationId?: string | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  from?: string | undefined;
  before?: string | undefined;
}

const TRAIL: Column<Entry> = {
  name: 'Trail',
  cell: ({ tenantId }) =>
    tenantId === 'control-plane' ? 'control plane' : <Link href={`/tenants/${tenantId}?part=trail`}>{tenantId}</Link>,
};

const COLUMNS: readonly Column<Entry>[] = [
  { name: 'When', cell: ({ at }) => <Time at={at} /> },
  { name: 'Who', cell: ({ actor }) => actor },
  { name: 'What', cell: ({ action }) => <code className="nowrap">{action}</code> },
  {
    name: 'Operation',
    cell: ({ operationId }) =>
      operationId === undefined ? '–' : <Link href={`/operations/${operationId}`}>{operationId}</Link>,
  },
  { name: 'Details', cell: ({ detail }) => <Detail detail={detail} /> },
];

/** Entries of audit trails, newest first. The column of the trail is left out where the filter names one. */
export function AuditEntries({ filter }: { filter: EntryFilter }) {
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  const list = useList(
    ['audit', { ...given, ...(filter.tenantId !== undefined && { id: filter.tenantId }) }],
    (cursor, signal) =>
      dataOf(
        api.GET('/v1/audit/entries', {
          params: { query: { ...given, ...(cursor !== undefined && { cursor }), limit: 100 } },
          signal,
        }),
      ),
  );
  return (
    <Listing
      list={list}
      label="Audit entries"
      columns={filter.tenantId === undefined ? [COLUMNS[0]!, TRAIL, ...COLUMNS.slice(1)] : COLUMNS}
      idOf={({ tenantId, sequence }) => `${tenantId} ${sequence}`}
      lines={8}
      empty="No entry matches"
      emptyNote="Clear a filter."
    />
  );
}

function Detail({ detail }: { detail: Entry['detail'] }) {
  const entries = Object.entries(detail);
  if (entries.length === 0) return '–';
  return (
    <ul className="entry-detail">
      {entries.map(([name, value]) => (
        <li key={name}>
          {name}: <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
        </li>
      ))}
    </ul>
  );
}
