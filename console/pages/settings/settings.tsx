import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { useList } from '../../api/lists';
import { signOut, useMayCall, useSession } from '../../api/session';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { Listing } from '../../parts/tables/listing';
import { PageHeader } from '../../parts/page-header';
import { Reading } from '../../parts/states/reading';
import { Facts, Section } from '../../parts/section';
import { StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';

type Token = components['schemas']['ApiToken'];
type RoleView = components['schemas']['Roles']['items'][number];

/** Who may do what: this session, the staff's roles, and the tokens of programs. */
export default function Settings() {
  const session = useSession().data;
  const mayCall = useMayCall();
  const roles = session?.user.roles ?? [];
  return (
    <>
      <PageHeader title="Settings" />
      {session && (
        <Section
          title="This session"
          actions={
            <button type="button" className="button" onClick={() => void signOut()}>
              Sign out
            </button>
          }
        >
          <Facts
            facts={[
              ['Name', session.user.name],
              ['In the audit trail', <code>{session.user.id}</code>],
              ['Roles', roles.join(', ')],
              ['Ends without use', session.idleExpiresAt && <Time at={session.idleExpiresAt} />],
              ['Ends at the latest', session.expiresAt && <Time at={session.expiresAt} />],
            ]}
          />
        </Section>
      )}
      <Section title="Roles" note="Groups of the staff get roles by configuration: STAFF_ROLES.">
        <Reading of={['role']} lines={11} read={(signal) => dataOf(api.GET('/v1/roles', { signal }))}>
          {({ items }) => (
            <DataTable label="Roles" columns={rolesColumns(roles)} rows={items} idOf={({ role }) => role} />
          )}
        </Reading>
      </Section>
      {mayCall('listTokens') && <Tokens />}
    </>
  );
}

function rolesColumns(own: readonly string[]): readonly Column<RoleView>[] {
  return [
    { name: 'Role', cell: ({ role }) => <code className="nowrap">{role}</code> },
    { name: 'Permits', cell: ({ permits }) => permits },
    { name: 'Groups', cell: ({ groups }) => (groups.length === 0 ? '–' : groups.join(', ')) },
    { name: 'You', cell: ({ role }) => (own.includes(role) ? <StateBadge state="yes" tone="ok" /> : 'no') },
  ];
}

const TOKENS: readonly Column<Token>[] = [
  { name: 'Holder', cell: ({ name }) => name },
  { name: 'Begins with', cell: ({ prefix }) => <code className="nowrap">tp_{prefix}</code> },
  { name: 'State', cell: ({ state }) => <StateBadge state={state} tone={state === 'valid' ? 'ok' : 'quiet'} /> },
  { name: 'Roles', cell: ({ roles }) => roles.join(', ') },
  { name: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { name: 'Expires', cell: ({ expiresAt }) => <Time at={expiresAt} /> },
  { name: 'Last used', cell: ({ lastUsedAt }) => (lastUsedAt === undefined ? 'never' : <Time at={lastUsedAt} />) },
];

function Tokens() {
  const list = useList(['token'], (cursor, signal) =>
    dataOf(
      api.GET('/v1/tokens', { params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } }, signal }),
    ),
  );
  return (
    <Section
      title="API tokens"
      note={
        <>
          For programs. Made and revoked on the command line: <code>npm run tokens</code>.
        </>
      }
    >
      <Listing
        list={list}
        label="API tokens"
        columns={TOKENS}
        idOf={({ tokenId }) => tokenId}
        empty="No token"
        emptyNote="Make one with npm run tokens -- create."
      />
    </Section>
  );
}
