import { useState } from 'react';
import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { queryClient } from '../../api/queries';
import { useMayCall } from '../../api/session';
import { TextField } from '../../parts/forms/field';
import { textOf } from '../../parts/forms/form-values';
import { VerbButton, type Verb } from '../../parts/forms/verb';
import { Section } from '../../parts/section';
import { StateBadge } from '../../parts/state-badge';
import { EmptyState } from '../../parts/states/empty-state';
import { Reading } from '../../parts/states/reading';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { Time } from '../../parts/time';

type Link = components['schemas']['SsoLink'];

const COLUMNS: readonly Column<Link>[] = [
  { name: 'Link', cell: ({ name }) => name },
  { name: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  { name: 'Groups', cell: ({ groups }) => groups.join(', ') || 'none' },
  { name: 'Expires', cell: ({ expiresAt }) => <Time at={expiresAt} /> },
];

/** The links with which the customer's administrator sets up single sign-on. */
export function SsoLinks({ tenantId }: { tenantId: string }) {
  const [url, setUrl] = useState<string>();
  const mayCall = useMayCall();
  return (
    <Section
      title="Setup links"
      note="With a link, the customer’s administrator connects the company without an account here."
      actions={mayCall('createSsoLink') && <VerbButton verb={create(tenantId, setUrl)} />}
    >
      <p role="status">
        {url !== undefined && (
          <>
            Send this link over a confidential channel. It is not shown again: <code>{url}</code>
          </>
        )}
      </p>
      <Reading
        of={['tenant', { id: tenantId, part: 'sso-links' }]}
        read={(signal) =>
          dataOf(api.GET('/v1/tenants/{tenantId}/identity/sso/links', { params: { path: { tenantId } }, signal }))
        }
      >
        {({ links }) =>
          links.length === 0 ? (
            <EmptyState title="No link">None has been created for this tenant.</EmptyState>
          ) : (
            <DataTable
              label="Setup links"
              columns={mayCall('revokeSsoLink') ? [...COLUMNS, verbsOf(tenantId)] : COLUMNS}
              rows={links}
              idOf={({ prefix }) => prefix}
            />
          )
        }
      </Reading>
    </Section>
  );
}

const onDone = (): void => void queryClient.invalidateQueries({ queryKey: ['tenant'] });

function create(tenantId: string, show: (url: string) => void): Verb {
  return {
    label: 'Create a link',
    title: 'Create a link for the customer’s administrator?',
    consequence: (
      <p>Anyone with the link can prove domains of this tenant and connect an identity provider. It works once.</p>
    ),
    fields: (
      <>
        <TextField name="name" label="Name" required hint="Names the link in the audit trail, such as acme-it." />
        <TextField
          name="groups"
          label="Groups"
          hint="Of the plan, separated by spaces: everyone who signs in is in them."
        />
      </>
    ),
    run: async ({ form }) => {
      const groups = textOf(form, 'groups')
        .split(/[\s,]+/)
        .filter((group) => group !== '');
      const { url } = await dataOf(
        api.POST('/v1/tenants/{tenantId}/identity/sso/links', {
          params: { path: { tenantId } },
          body: { name: textOf(form, 'name'), ...(groups.length > 0 && { groups }) },
        }),
      );
      show(url);
    },
    onDone,
  };
}

function verbsOf(tenantId: string): Column<Link> {
  return {
    name: 'Actions',
    align: 'end',
    cell: ({ name, state }) => (state === 'new' || state === 'opened') && <VerbButton verb={revoke(tenantId, name)} />,
  };
}

function revoke(tenantId: string, linkName: string): Verb {
  return {
    label: 'Revoke',
    title: `Revoke the link ${linkName}?`,
    tone: 'danger',
    consequence: <p>It ends at once. What was connected through it stays.</p>,
    run: () =>
      dataOf(
        api.POST('/v1/tenants/{tenantId}/identity/sso/links/{linkName}:revoke', {
          params: { path: { tenantId, linkName } },
        }),
      ),
    onDone,
  };
}
