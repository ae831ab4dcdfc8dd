import type { components } from '../../../clients/typescript/generated/api';
import type { Tenant } from '../../../clients/typescript/src/types';
import { dataOf } from '../../../clients/typescript/src/client';
import type { RouteName } from '../../api/access';
import { api } from '../../api/client';
import { useList } from '../../api/lists';
import { queryClient } from '../../api/queries';
import { useMayCall } from '../../api/session';
import type { Column } from '../../parts/tables/data-table';
import { Id } from '../../parts/id';
import { Listing } from '../../parts/tables/listing';
import { bytesText, countText } from '../../parts/quantities';
import { Facts, Section } from '../../parts/section';
import { StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';
import { VerbButton, type Verb } from '../../parts/forms/verb';

type Backup = components['schemas']['Backup'];

const stale = (): void => void queryClient.invalidateQueries({ queryKey: ['backup'] });

/** The backups of the tenant's database, their restore tests and restores. */
export function Backups({ tenant }: { tenant: Tenant }) {
  const { tenantId, lastGoodBackup, lastGoodRestore } = tenant;
  const mayCall = useMayCall();
  const list = useList(['backup', { id: tenantId }], (cursor, signal) =>
    dataOf(
      api.GET('/v1/tenants/{tenantId}/backups', {
        params: { path: { tenantId }, query: { ...(cursor !== undefined && { cursor }), limit: 50 } },
        signal,
      }),
    ),
  );
  return (
    <>
      <Section title="Restorable">
        <Facts
          facts={[
            ['Newest good backup', lastGoodBackup ? <Time at={lastGoodBackup.at} /> : 'none'],
            ['Newest one that passed a restore test', lastGoodRestore ? <Time at={lastGoodRestore.at} /> : 'none'],
          ]}
        />
      </Section>
      <Section title="Backups" actions={mayCall('startBackup') && <VerbButton verb={backUp(tenantId)} />}>
        <Listing
          list={list}
          label="Backups"
          columns={
            mayCall('verifyBackup') || mayCall('restoreBackup') ? [...COLUMNS, verbsOf(tenant, mayCall)] : COLUMNS
          }
          idOf={({ backupId }) => backupId}
          empty="No backup yet"
          emptyNote="One is made at the end of the provisioning, more on the plan’s schedule."
        />
      </Section>
    </>
  );
}

const COLUMNS: readonly Column<Backup>[] = [
  { name: 'Taken', cell: ({ takenAt, requestedAt }) => <Time at={takenAt ?? requestedAt} /> },
  {
    name: 'State',
    cell: ({ state, problem }) => (
      <>
        <StateBadge state={state} />
        {problem && <div className="muted">{problem}</div>}
      </>
    ),
  },
  { name: 'Because', cell: ({ reason, requestedBy }) => `${reason}, by ${requestedBy}` },
  {
    name: 'Content',
    cell: ({ bytes, tables }) =>
      bytes === undefined ? '–' : `${bytesText(bytes)}, ${countText(tables?.length ?? 0, 'table')}`,
  },
  { name: 'Restore test', cell: ({ restoreTest }) => <Test test={restoreTest} /> },
  { name: 'Restored', cell: ({ restore }) => <Test test={restore} /> },
  { name: 'Id', cell: ({ backupId }) => <Id id={backupId} what="backup id" /> },
];

function Test({ test }: { test: Backup['restoreTest'] | Backup['restore'] }) {
  if (!test) return '–';
  return (
    <>
      <StateBadge state={test.state} />
      {test.problem && <div className="muted">{test.problem}</div>}
    </>
  );
}

function verbsOf(tenant: Tenant, mayCall: (route: RouteName) => boolean): Column<Backup> {
  return {
    name: 'Actions',
    align: 'end',
    cell: (backup) =>
      backup.state === 'good' ? (
        <span className="actions end">
          {mayCall('verifyBackup') && <VerbButton verb={verify(backup)} />}
          {mayCall('restoreBackup') && <VerbButton verb={restore(tenant, backup)} />}
        </span>
      ) : null,
  };
}

function backUp(tenantId: string): Verb {
  return {
    label: 'Back up now',
    title: 'Back up the tenant’s database now?',
    consequence: (
      <p>The tenant goes on working. The backup is encrypted and kept in the vault of the tenant’s region.</p>
    ),
    run: () => dataOf(api.POST('/v1/tenants/{tenantId}/backups', { params: { path: { tenantId } } })),
    onDone: stale,
  };
}

function verify({ tenantId, backupId }: Backup): Verb {
  return {
    label: 'Test',
    title: 'Test that this backup can be restored?',
    consequence: (
      <p>It is restored into a scratch tenant and compared with what was backed up. The tenant is not touched.</p>
    ),
    run: () =>
      dataOf(
        api.POST('/v1/tenants/{tenantId}/backups/{backupId}:verify', { params: { path: { tenantId, backupId } } }),
      ),
    onDone: stale,
  };
}

function restore({ tenantName }: Tenant, { tenantId, backupId, takenAt, requestedAt }: Backup): Verb {
  return {
    label: 'Restore',
    title: `Restore ${tenantName} from this backup?`,
    tone: 'danger',
    consequence: (
      <p>
        The tenant’s data of today is replaced by that of <Time at={takenAt ?? requestedAt} />. Everything written since
        then is lost, except what a newer backup has.
      </p>
    ),
    confirm: tenantName,
    run: () =>
      dataOf(
        api.POST('/v1/tenants/{tenantId}/backups/{backupId}:restore', {
          params: { path: { tenantId, backupId } },
          body: { confirm: tenantName },
        }),
      ),
    onDone: stale,
  };
}
