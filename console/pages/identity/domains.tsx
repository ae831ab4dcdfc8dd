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

type Domain = components['schemas']['TenantDomain'];

const COLUMNS: readonly Column<Domain>[] = [
  { name: 'Domain', cell: ({ domain }) => domain },
  {
    name: 'State',
    cell: ({ state, missingSince }) => (
      <StateBadge
        state={state}
        tone={state === 'proved' ? (missingSince === undefined ? 'ok' : 'warning') : undefined}
        label={missingSince === undefined ? state : 'record missing'}
      />
    ),
  },
  { name: 'TXT record', cell: ({ record }) => <code>{record.name}</code> },
  { name: 'Value', cell: ({ record }) => <code>{record.value}</code> },
  { name: 'Checked', cell: ({ checkedAt }) => (checkedAt === undefined ? 'never' : <Time at={checkedAt} />) },
];

/** The e-mail domains that the tenant has claimed, with the records that prove them. */
export function Domains({ tenantId }: { tenantId: string }) {
  const [said, setSaid] = useState<string>();
  const mayCall = useMayCall();
  return (
    <Section
      title="Domains"
      note="Proved by a TXT record, which must stay in the domain’s DNS."
      actions={mayCall('claimDomain') && <VerbButton verb={claim(tenantId)} />}
    >
      <p role="status">{said}</p>
      <Reading
        of={['tenant', { id: tenantId, part: 'domains' }]}
        read={(signal) => dataOf(api.GET('/v1/tenants/{tenantId}/domains', { params: { path: { tenantId } }, signal }))}
      >
        {({ domains }) =>
          domains.length === 0 ? (
            <EmptyState title="No domain">The company proves one before its identity provider is connected.</EmptyState>
          ) : (
            <DataTable
              label="Domains"
              columns={[...COLUMNS, verbsOf(tenantId, mayCall('removeDomain'), setSaid)]}
              rows={domains}
              idOf={({ domainId }) => domainId}
            />
          )
        }
      </Reading>
    </Section>
  );
}

const onDone = (): void => void queryClient.invalidateQueries({ queryKey: ['tenant'] });

function verbsOf(tenantId: string, mayRemove: boolean, say: (words: string) => void): Column<Domain> {
  return {
    name: 'Actions',
    align: 'end',
    cell: ({ domain }) => (
      <span className="actions end">
        <VerbButton verb={check(tenantId, domain, say)} />
        {mayRemove && <VerbButton verb={remove(tenantId, domain)} />}
      </span>
    ),
  };
}

function claim(tenantId: string): Verb {
  return {
    label: 'Claim a domain',
    title: 'Claim a domain for this tenant?',
    consequence: <p>You get a TXT record. The company publishes it in the domain’s DNS, and then it can be checked.</p>,
    fields: <TextField name="domain" label="Domain" required hint="Such as acme.example." />,
    run: ({ form }) =>
      dataOf(
        api.POST('/v1/tenants/{tenantId}/domains', {
          params: { path: { tenantId } },
          body: { domain: textOf(form, 'domain') },
        }),
      ),
    onDone,
  };
}

function check(tenantId: string, domain: string, say: (words: string) => void): Verb {
  return {
    label: 'Check',
    title: `Look for the record of ${domain} now?`,
    consequence: <p>If it is there, the domain is this tenant’s.</p>,
    run: async () => {
      const { message } = await dataOf(
        api.POST('/v1/tenants/{tenantId}/domains/{domain}:check', { params: { path: { tenantId, domain } } }),
      );
      say(`${domain}: ${message}`);
    },
    onDone,
  };
}

function remove(tenantId: string, domain: string): Verb {
  return {
    label: 'Remove',
    title: `Remove ${domain} from this tenant?`,
    tone: 'danger',
    consequence: <p>Another tenant can prove it afterwards.</p>,
    run: () =>
      dataOf(api.DELETE('/v1/tenants/{tenantId}/domains/{domain}', { params: { path: { tenantId, domain } } })),
    onDone,
  };
}
