import type { components } from '../../../clients/typescript/generated/api';
import type { Tenant } from '../../../clients/typescript/src/types';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { queryClient } from '../../api/queries';
import { useMayCall } from '../../api/session';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { Check } from '../../parts/forms/field';
import { Reading } from '../../parts/states/reading';
import { Section } from '../../parts/section';
import { StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';
import { VerbButton, type Verb } from '../../parts/forms/verb';

type Generation = components['schemas']['TenantKeys']['generations'][number];

const COLUMNS: readonly Column<Generation>[] = [
  { name: 'Generation', cell: ({ generation }) => generation },
  { name: 'Wrapped by', cell: ({ provider, keyId }) => `${provider === 'local' ? 'key ring' : 'AWS KMS'}, ${keyId}` },
  { name: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { name: 'Destroyed', cell: ({ destroyedAt }) => (destroyedAt === undefined ? '–' : <Time at={destroyedAt} />) },
];

/** The data key under which the tenant's order, secrets, configuration and backups are encrypted. */
export function DataKeys({ tenant }: { tenant: Tenant }) {
  const { tenantId } = tenant;
  const mayCall = useMayCall();
  return (
    <Reading
      of={['tenant', { id: tenantId, part: 'keys' }]}
      read={(signal) => dataOf(api.GET('/v1/tenants/{tenantId}/keys', { params: { path: { tenantId } }, signal }))}
    >
      {({ state, generations }) => (
        <Section
          title="Data key"
          note={<StateBadge state={state} tone={state === 'present' ? 'ok' : 'quiet'} />}
          actions={
            state === 'present' && (
              <>
                {mayCall('rotateTenantKey') && <VerbButton verb={rotate(tenant)} />}
                {mayCall('destroyTenantKey') && <VerbButton verb={destroy(tenant)} />}
              </>
            )
          }
        >
          <DataTable
            label="Generations of the data key"
            columns={COLUMNS}
            rows={generations}
            idOf={({ generation }) => String(generation)}
          />
        </Section>
      )}
    </Reading>
  );
}

const onDone = (): void => void queryClient.invalidateQueries({ queryKey: ['tenant'] });

function rotate({ tenantId, tenantName }: Tenant): Verb {
  return {
    label: 'Rotate',
    title: `Give ${tenantName} a new data key?`,
    consequence: (
      <p>Everything is encrypted again under the new key, and the old one is destroyed. Readers notice nothing.</p>
    ),
    run: ({ idempotencyKey }) =>
      dataOf(
        api.POST('/v1/tenants/{tenantId}/keys:rotate', {
          params: { path: { tenantId }, header: { 'Idempotency-Key': idempotencyKey } },
        }),
      ),
    onDone,
  };
}

function destroy({ tenantId, tenantName, state }: Tenant): Verb {
  const isActive = state === 'active';
  return {
    label: 'Destroy',
    title: `Destroy ${tenantName}’s key?`,
    tone: 'danger',
    consequence: (
      <p>
        The order, secrets, configuration and every backup of the tenant become unreadable, for everyone and for ever.
        <strong> This cannot be undone.</strong>
      </p>
    ),
    fields: isActive && (
      <Check name="whileActive" required label="The tenant is active, and becomes unusable. I mean it nevertheless." />
    ),
    reason: 'required',
    confirm: tenantName,
    run: ({ reason = '' }) =>
      dataOf(
        api.POST('/v1/tenants/{tenantId}/keys:destroy', {
          params: { path: { tenantId } },
          body: { confirm: tenantName, reason, ...(isActive && { whileActive: true }) },
        }),
      ),
    onDone,
  };
}
