import { apiUrl } from '../../api/address';
import { useMayCall } from '../../api/session';
import { TextFilter, useFilters } from '../../parts/forms/filters';
import { PageHeader } from '../../parts/page-header';
import { Section } from '../../parts/section';
import { AuditEntries } from './entries';
import { AuditFindings } from './findings';

/** Who did what, over all trails, and the trails that contradict their signed heads. */
export default function Audit() {
  const [filters, change] = useFilters(['tenantId', 'operationId', 'actor', 'action', 'from', 'before']);
  const mayCall = useMayCall();
  const readsControlPlane = mayCall('getControlPlaneAuditTrail');
  const { from, before, ...rest } = filters;
  return (
    <>
      <PageHeader
        title="Audit"
        actions={
          readsControlPlane && (
            <a className="button" href={`${apiUrl}/v1/audit?limit=10000`} download="control-plane.jsonl">
              Download the control plane’s trail
            </a>
          )
        }
      />
      {mayCall('listAuditFindings') && <AuditFindings />}
      <Section title="Entries" note="Newest first. To prove that none is missing, download a whole trail.">
        <div className="filters" role="search">
          <TextFilter
            label="Tenant’s id"
            value={filters.tenantId}
            {...(readsControlPlane && { hint: 'or control-plane' })}
            onChange={(tenantId) => change({ tenantId })}
          />
          <TextFilter
            label="Operation’s id"
            value={filters.operationId}
            hint="op_…"
            onChange={(operationId) => change({ operationId })}
          />
          <TextFilter label="Who" value={filters.actor} hint="token:operator" onChange={(actor) => change({ actor })} />
          <TextFilter
            label="What"
            value={filters.action}
            hint="operation.active"
            onChange={(action) => change({ action })}
          />
          <DayFilter label="From" value={from} onChange={(day) => change({ from: day })} />
          <DayFilter label="Before" value={before} onChange={(day) => change({ before: day })} />
        </div>
        <AuditEntries filter={{ ...rest, from: startOf(from), before: startOf(before) }} />
      </Section>
    </>
  );
}

interface DayFilterProps {
  label: string;
  value: string | undefined;
  onChange: (day: string | undefined) => void;
}

function DayFilter({ label, value, onChange }: DayFilterProps) {
  const id = `audit-${label.toLowerCase()}`;
  return (
    <div className="filter">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="date"
        value={value ?? ''}
        onChange={({ target }) => onChange(target.value === '' ? undefined : target.value)}
      />
    </div>
  );
}

/** The beginning of a day in the viewer's zone. */
function startOf(day: string | undefined): string | undefined {
  const start = day === undefined ? NaN : new Date(`${day}T00:00:00`).getTime();
  return Number.isNaN(start) ? undefined : new Date(start).toISOString();
}
