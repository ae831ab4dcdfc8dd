import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { providerText } from '../../../contract/ledger/labels';
import { apiUrl } from '../../api/address';
import { api } from '../../api/client';
import { useMayCall } from '../../api/session';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { ISOLATION } from '../../parts/isolation';
import { Icon } from '../../parts/icon';
import { Reading } from '../../parts/states/reading';
import { Facts, Section } from '../../parts/section';
import { StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';
import { VerbButton, type Verb } from '../../parts/forms/verb';
import { queryClient } from '../../api/queries';
import { adviceOnCheck } from './check-advice';

type EvidenceView = components['schemas']['TenantEvidence'];
type Entry = EvidenceView['entries'][number];
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
  const current = entries.filter((entry) => entry.current);
  const failed = current.filter(({ passed }) => !passed);
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
      <Section
        title="Checks"
        note={failed.length === 0 ? `all ${current.length} hold` : `${failed.length} of ${current.length} do not hold`}
      >
        {current.length === 0 ? (
          <EmptyState title="Nothing has been checked yet">The ninth step of the provisioning does.</EmptyState>
        ) : (
          <ul className="check-list">
            {[...failed, ...current.filter(({ passed }) => passed)].map((entry) => (
              <CheckEntry key={entry.hash} entry={entry} />
            ))}
          </ul>
        )}
      </Section>
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

function CheckEntry({ entry: { check, claim, passed, provider, region, answered, at } }: { entry: Entry }) {
  const place = providerText(provider, region);
  return (
    <li data-passed={passed}>
      <Icon name={passed ? 'check' : 'cross'} />
      <span>
        <span className="visually-hidden">{passed ? 'Holds: ' : 'Does not hold: '}</span>
        {claim}
      </span>
      <Time at={at} />
      {passed ? (
        <span className="muted">
          {place}: {answered}
        </span>
      ) : (
        <span className="verdict">
          <span>
            Expected to hold, but the answer of {place} is: <strong>{answered}</strong>
          </span>
          <span>{adviceOnCheck(check)}</span>
          <span className="muted">
            Check <code>{check}</code>
          </span>
        </span>
      )}
    </li>
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
