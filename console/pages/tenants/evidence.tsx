import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { apiUrl } from '../../api/address';
import { api } from '../../api/client';
import { useMayCall } from '../../api/session';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { ISOLATION } from '../../parts/isolation';
import { Reading } from '../../parts/states/reading';
import { Facts, Section } from '../../parts/section';
import { StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';
import { VerbButton, type Verb } from '../../parts/forms/verb';
import { queryClient } from '../../api/queries';
import { Checks } from './checks';

type EvidenceView = components['schemas']['TenantEvidence'];
type Scan = components['schemas']['Scans']['items'][number];

/** What is claimed about the tenant, and what answered when it was checked from outside. */
export function Evidence({ tenantId }: { tenantId: string }) {
  return (
    <>
      <Reading
        of={['evidence', { id: tenantId }]}
        lines={8}
        read={(signal) =>
          dataOf(
            api.GET('/v1/tenants/{tenantId}/evidence', {
              params: { path: { tenantId } },
              headers: { accept: 'application/json' },
              signal,
            }),
          )
        }
      >
        {(evidence) => <Claims evidence={evidence} />}
      </Reading>
      <Scans tenantId={tenantId} />
    </>
  );
}

function Claims({ evidence }: { evidence: EvidenceView }) {
  const { tenantId, residency, encryption, template, entries, personalData, processors } = evidence;
  return (
    <>
      <Section
        title="Claims"
        actions={
          <a className="button" href={`${apiUrl}/v1/tenants/${tenantId}/evidence`} target="_blank" rel="noreferrer">
            Printable
          </a>
        }
      >
        <Facts
          facts={[
            ['Region', residency.region ?? 'not chosen yet'],
            ['Jurisdiction', residency.jurisdiction],
            ['Residency asked for', residency.asked ?? 'none'],
            ['Database', ISOLATION[template.isolation]],
            ['Template', `${template.id} ${template.version}`],
            ['Encryption', encryption.level ?? 'standard'],
            ['Data key', encryption.key],
          ]}
        />
      </Section>
      <Checks answers={entries.filter((entry) => entry.current)} />
      <Section title="Where personal data is">
        <ul className="check-list">
          {personalData.map(({ data, where, protection }) => (
            <li key={`${data} ${where}`}>
              <span />
              <span>{data}</span>
              <span className="muted">
                {where}. {protection}.
              </span>
            </li>
          ))}
          {processors.map(({ service, name, jurisdiction, receives }) => (
            <li key={service}>
              <span />
              <span>
                {name} ({service}
                {jurisdiction === null ? '' : `, ${jurisdiction}`})
              </span>
              <span className="muted">receives {receives}</span>
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}

const SCANS: readonly Column<Scan>[] = [
  { name: 'Scanner', cell: ({ scanner }) => scanner },
  {
    name: 'State',
    cell: ({ state }) => <StateBadge state={state} tone={state === 'not_run' ? 'warning' : undefined} />,
  },
  { name: 'Requested by', cell: ({ requestedBy }) => requestedBy },
  { name: 'Started', cell: ({ startedAt }) => <Time at={startedAt} /> },
  { name: 'Outcome', cell: ({ outcome }) => outcome ?? '–' },
];

function Scans({ tenantId }: { tenantId: string }) {
  const mayScan = useMayCall()('startScan');
  return (
    <Section title="Scans" actions={mayScan && <VerbButton verb={scan(tenantId)} />}>
      <Reading
        of={['tenant', { id: tenantId, part: 'scans' }]}
        read={(signal) => dataOf(api.GET('/v1/tenants/{tenantId}/scans', { params: { path: { tenantId } }, signal }))}
      >
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No scan yet">
              Plans have the tenant scanned regularly; an operator can at any time.
            </EmptyState>
          ) : (
            <DataTable label="Scans" columns={SCANS} rows={items} idOf={({ scanId }) => scanId} />
          )
        }
      </Reading>
    </Section>
  );
}

function scan(tenantId: string): Verb {
  return {
    label: 'Scan now',
    title: 'Scan what the tenant has?',
    consequence: <p>The configured scanners look at the tenant from outside. Their findings become evidence.</p>,
    run: () => dataOf(api.POST('/v1/tenants/{tenantId}/scans', { params: { path: { tenantId } } })),
    onDone: () => void queryClient.invalidateQueries({ queryKey: ['tenant', { id: tenantId }] }),
  };
}
