import { useState } from 'react';
import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import type { RouteName } from '../../api/access';
import { api } from '../../api/client';
import { queryClient } from '../../api/queries';
import { useMayCall } from '../../api/session';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { TextField } from '../../parts/forms/field';
import { WholeNumberField } from '../../parts/forms/whole-number';
import { textOf } from '../../parts/forms/form-values';
import { OneTimeSecret } from '../../parts/one-time-secret';
import { Reading } from '../../parts/states/reading';
import { Section } from '../../parts/section';
import { StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';
import { VerbButton, type Verb } from '../../parts/forms/verb';

type ApiKey = components['schemas']['ApiKey'];

const COLUMNS: readonly Column<ApiKey>[] = [
  { name: 'Name', cell: ({ name }) => name },
  { name: 'Begins with', cell: ({ prefix }) => <code className="nowrap">{prefix}</code> },
  { name: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  { name: 'Scopes', cell: ({ scopes }) => scopes.join(', ') },
  { name: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { name: 'Expires', cell: ({ expiresAt }) => (expiresAt === undefined ? 'never' : <Time at={expiresAt} />) },
  { name: 'Last used', cell: ({ lastUsedAt }) => (lastUsedAt === undefined ? 'never' : <Time at={lastUsedAt} />) },
];

/** The keys with which the tenant's own programs call the product. */
export function ApiKeys({ tenantId }: { tenantId: string }) {
  const [secret, setSecret] = useState<string>();
  const mayCall = useMayCall();
  return (
    <Section
      title="API keys"
      note="With which the tenant’s own programs call the product."
      actions={mayCall('createApiKey') && <VerbButton verb={create(tenantId, setSecret)} />}
    >
      {secret !== undefined && <OneTimeSecret what="API key" secret={secret} onStored={() => setSecret(undefined)} />}
      <Reading
        of={['tenant', { id: tenantId, part: 'api-keys' }]}
        read={(signal) =>
          dataOf(api.GET('/v1/tenants/{tenantId}/api-keys', { params: { path: { tenantId } }, signal }))
        }
      >
        {({ apiKeys }) =>
          apiKeys.length === 0 ? (
            <EmptyState title="No API key">The plan makes some at the end of the provisioning.</EmptyState>
          ) : (
            <DataTable
              label="API keys"
              columns={[...COLUMNS, verbsOf(tenantId, mayCall, setSecret)]}
              rows={apiKeys}
              idOf={({ prefix, createdAt }) => `${prefix} ${createdAt}`}
            />
          )
        }
      </Reading>
    </Section>
  );
}

const onDone = (): void => void queryClient.invalidateQueries({ queryKey: ['tenant'] });

function verbsOf(
  tenantId: string,
  mayCall: (route: RouteName) => boolean,
  show: (secret: string) => void,
): Column<ApiKey> {
  return {
    name: 'Actions',
    align: 'end',
    cell: (key) =>
      key.state === 'current' || key.state === 'superseded' ? (
        <span className="actions end">
          {mayCall('rotateApiKey') && key.state === 'current' && <VerbButton verb={rotate(tenantId, key, show)} />}
          {mayCall('revokeApiKey') && <VerbButton verb={revoke(tenantId, key)} />}
        </span>
      ) : null,
  };
}

function create(tenantId: string, show: (secret: string) => void): Verb {
  return {
    label: 'New API key',
    title: 'Make another API key?',
    consequence: <p>The key is shown once, on this page. Only its hash is kept.</p>,
    fields: (
      <>
        <TextField name="name" label="Name" required pattern="[a-z0-9]+(-[a-z0-9]+)*" hint="Such as warehouse." />
        <TextField
          name="scopes"
          label="Scopes"
          required
          hint="Separated by commas, such as records:read, files:read."
        />
        <WholeNumberField name="days" label="Expires after" unit="days" min={1} max={3650} hint="Empty: never." />
      </>
    ),
    run: async ({ form }) => {
      const days = textOf(form, 'days');
      const scopes = textOf(form, 'scopes')
        .split(/[\s,]+/)
        .filter((scope) => scope !== '');
      const made = await dataOf(
        api.POST('/v1/tenants/{tenantId}/api-keys', {
          params: { path: { tenantId } },
          body: { name: textOf(form, 'name'), scopes, ...(days !== '' && { expiresInDays: Number(days) }) },
        }),
      );
      show(made.key);
    },
    onDone,
  };
}

function rotate(tenantId: string, { name }: ApiKey, show: (secret: string) => void): Verb {
  return {
    label: 'Rotate',
    title: `Replace the API key “${name}”?`,
    consequence: (
      <p>The new key is shown once. The present one stays valid for the hours you name, so that nothing breaks.</p>
    ),
    fields: <WholeNumberField name="hours" label="Overlap" unit="hours" min={0} max={720} hint="Empty: 24 hours." />,
    run: async ({ form }) => {
      const hours = textOf(form, 'hours');
      const made = await dataOf(
        api.POST('/v1/tenants/{tenantId}/api-keys/{keyName}:rotate', {
          params: { path: { tenantId, keyName: name } },
          body: hours === '' ? {} : { overlapHours: Number(hours) },
        }),
      );
      show(made.key);
    },
    onDone,
  };
}

function revoke(tenantId: string, { name, prefix }: ApiKey): Verb {
  return {
    label: 'Revoke',
    title: `Revoke the API key “${name}”?`,
    tone: 'danger',
    consequence: (
      <p>
        The key that begins with <code>{prefix}</code> is refused from now on, also where it is in use.
      </p>
    ),
    run: () =>
      dataOf(
        api.POST('/v1/tenants/{tenantId}/api-keys/{keyName}:revoke', {
          params: { path: { tenantId, keyName: name } },
          body: { prefix },
        }),
      ),
    onDone,
  };
}
