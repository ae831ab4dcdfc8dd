import { Link } from 'wouter';
import type { components } from '../../../clients/typescript/generated/api';
import type { Tenant } from '../../../clients/typescript/src/types';
import { dataOf } from '../../../clients/typescript/src/client';
import { rolesFor } from '../../api/access';
import { apiUrl } from '../../api/address';
import { api } from '../../api/client';
import { useMayCall } from '../../api/session';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { Id } from '../../parts/id';
import { bytesText, countText } from '../../parts/quantities';
import { Reading } from '../../parts/states/reading';
import { Facts, Section } from '../../parts/section';
import { inWords, StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';

type Export = components['schemas']['TenantExport'];
type Volume = Export['volumes'][number];
type Signed = components['schemas']['SignedRemovalCertificate'];
type LegalHold = components['schemas']['LegalHold'];

/** The end of the tenant: legal holds that keep it, its export, and the certificate that it is gone. */
export function Removal({ tenant }: { tenant: Tenant }) {
  const mayReadHolds = useMayCall()('getLegalHolds');
  return (
    <>
      <Terms tenant={tenant} />
      {mayReadHolds && <LegalHolds tenantId={tenant.tenantId} />}
      <ExportSection tenant={tenant} />
      <Certificate tenant={tenant} />
    </>
  );
}

/** What the removal does, or would do as the plan says. */
function Terms({ tenant: { removal, removalAt, state, verbs } }: { tenant: Tenant }) {
  const mayRemove = useMayCall()('deprovisionTenant');
  if (!removal) return null;
  const { graceDays, export: exports, reason, operationId } = removal;
  return (
    <Section title="Terms" note={operationId === undefined ? 'As the plan says; a request may differ.' : undefined}>
      <Facts
        facts={[
          ['Because', reason && inWords(reason)],
          ['Grace', graceDays === 0 ? 'none: deleted at once' : countText(graceDays, 'day')],
          ['Will be deleted', state === 'leaving' && removalAt !== undefined ? <Time at={removalAt} /> : undefined],
          ['Exported before', exports ? 'yes' : 'only if asked for'],
          ['Operation', operationId && <Link href={`/operations/${operationId}`}>Removal</Link>],
        ]}
      />
      {verbs.includes('deprovision') && !mayRemove && (
        <p className="muted">
          To remove the tenant, ask a person with the role {rolesFor('deprovisionTenant').join(' or ')}.
        </p>
      )}
    </Section>
  );
}

const HOLDS: readonly Column<LegalHold>[] = [
  {
    name: 'State',
    cell: ({ state }) => <StateBadge state={state} tone={state === 'standing' ? 'waiting' : 'quiet'} />,
  },
  {
    name: 'Placed',
    cell: ({ placedAt, placedBy }) => (
      <>
        <Time at={placedAt} /> by {placedBy}
      </>
    ),
  },
  { name: 'Until', cell: ({ until }) => (until === undefined ? 'it is lifted' : <Time at={until} />) },
  { name: 'Reason', cell: ({ reason }) => reason ?? 'unreadable: the tenant’s key cannot be reached' },
  {
    name: 'Lifted',
    cell: ({ liftedAt, liftedBy, liftReason }) =>
      liftedAt === undefined ? (
        '–'
      ) : (
        <>
          <Time at={liftedAt} /> by {liftedBy}
          {liftReason && <div className="muted">{liftReason}</div>}
        </>
      ),
  },
];

function LegalHolds({ tenantId }: { tenantId: string }) {
  return (
    <Section title="Legal holds">
      <Reading
        of={['legal-hold', { id: tenantId }]}
        read={(signal) =>
          dataOf(api.GET('/v1/tenants/{tenantId}/legal-hold', { params: { path: { tenantId } }, signal }))
        }
      >
        {({ holds }) =>
          holds.length === 0 ? (
            <EmptyState title="There never was a legal hold" />
          ) : (
            <DataTable label="Legal holds" columns={HOLDS} rows={holds} idOf={({ holdId }) => holdId} />
          )
        }
      </Reading>
    </Section>
  );
}

function ExportSection({ tenant: { tenantId, hasExport } }: { tenant: Tenant }) {
  const mayDownload = useMayCall()('downloadExport');
  return (
    <Section title="Export">
      {hasExport ? (
        <Reading
          of={['export', { id: tenantId }]}
          read={(signal) =>
            dataOf(api.GET('/v1/tenants/{tenantId}/export', { params: { path: { tenantId } }, signal }))
          }
        >
          {(made) => <Archive made={made} mayDownload={mayDownload} />}
        </Reading>
      ) : (
        <EmptyState title="No export">A removal exports the tenant if the plan or the request says so.</EmptyState>
      )}
    </Section>
  );
}

function Archive({ made, mayDownload }: { made: Export; mayDownload: boolean }) {
  const { tenantId, state, recipient, key, keyClaimedAt, readyAt, expiresAt, volumes } = made;
  const columns: readonly Column<Volume>[] = [
    {
      name: 'Volume',
      cell: ({ number, name }) =>
        mayDownload && state === 'ready' ? (
          <a href={`${apiUrl}/v1/tenants/${tenantId}/export/archive?volume=${number}`} download>
            {name}
          </a>
        ) : (
          name
        ),
    },
    { name: 'Size', cell: ({ bytes }) => bytesText(bytes), align: 'end' },
    {
      name: 'Content',
      cell: ({ tables, rows, objects }) =>
        `${countText(tables, 'table')}, ${countText(rows, 'row')}, ${countText(objects, 'object')}`,
    },
    { name: 'SHA-256', cell: ({ sha256 }) => <Id id={sha256} what="checksum" /> },
  ];
  return (
    <>
      <Facts
        facts={[
          ['State', <StateBadge state={state} />],
          ['Ready', readyAt && <Time at={readyAt} />],
          [state === 'ready' ? 'Will be deleted' : 'Deleted', expiresAt && <Time at={expiresAt} />],
          ['Key', key === 'customer' ? 'the customer’s own' : 'handed out once, by a link'],
          ['Key claimed', keyClaimedAt && <Time at={keyClaimedAt} />],
          ['Encrypted for', <code>{recipient}</code>],
        ]}
      />
      <DataTable label="Volumes" columns={columns} rows={volumes} idOf={({ number }) => String(number)} />
    </>
  );
}

function Certificate({ tenant: { tenantId, hasCertificate } }: { tenant: Tenant }) {
  return (
    <Section title="Certificate of removal">
      {hasCertificate ? (
        <Reading
          of={['tenant', { id: tenantId, part: 'certificate' }]}
          read={(signal) =>
            dataOf(
              api.GET('/v1/tenants/{tenantId}/certificate', {
                params: { path: { tenantId } },
                headers: { accept: 'application/json' },
                signal,
              }),
            )
          }
        >
          {(signed) => <Certified tenantId={tenantId} signed={signed} />}
        </Reading>
      ) : (
        <EmptyState title="No certificate">
          It is issued at the end of a removal, once every provider was asked whether anything is left.
        </EmptyState>
      )}
    </Section>
  );
}

function Certified({ tenantId, signed: { certificate } }: { tenantId: string; signed: Signed }) {
  const { certificateId, headline, requested, completed, resources, accepted, retained } = certificate;
  return (
    <>
      <p>{headline}</p>
      <Facts
        facts={[
          ['Certificate', <Id id={certificateId} what="certificate id" />],
          ['Requested by', requested.by],
          ['Because', requested.reason && inWords(requested.reason)],
          ['Completed', <Time at={completed} />],
          ['Removed', countText(resources.length, 'resource')],
          ['Left, and accepted', countText(accepted.length, 'resource')],
          [
            'Stays on purpose',
            retained.length === 0 ? undefined : (
              <ul>
                {retained.map(({ what }) => (
                  <li key={what}>{what}</li>
                ))}
              </ul>
            ),
          ],
        ]}
      />
      <p>
        <a href={`${apiUrl}/v1/tenants/${tenantId}/certificate`} target="_blank" rel="noreferrer">
          The whole certificate, to print
        </a>
      </p>
    </>
  );
}
