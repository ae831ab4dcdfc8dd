import type { Tenant } from '../../../clients/typescript/src/types';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { queryClient } from '../../api/queries';
import { useMayCall } from '../../api/session';
import { TextField } from '../../parts/forms/field';
import { momentOf } from '../../parts/forms/form-values';
import { VerbButton, type Verb } from '../../parts/forms/verb';

/** Places, changes and lifts the legal hold on a tenant. */
export function HoldVerbs({ tenant }: { tenant: Tenant }) {
  const mayCall = useMayCall();
  if (tenant.state === 'gone' || tenant.state === 'provisioning') return null;
  return (
    <>
      {mayCall('putLegalHold') && <VerbButton verb={place(tenant)} />}
      {tenant.legalHold && mayCall('liftLegalHold') && <VerbButton verb={lift(tenant)} />}
    </>
  );
}

function place({ tenantId, tenantName, legalHold }: Tenant): Verb {
  return {
    label: legalHold ? 'Change legal hold' : 'Legal hold',
    title: legalHold ? `Change the legal hold on ${tenantName}?` : `Place a legal hold on ${tenantName}?`,
    consequence: (
      <p>
        While it stands, nothing the tenant has is deleted or overwritten: a removal waits, keys cannot be destroyed,
        nothing is restored over it, and old backups are kept.
      </p>
    ),
    fields: (
      <TextField
        name="until"
        type="datetime-local"
        label="Until"
        hint="In your time zone. Empty: until it is lifted."
      />
    ),
    reason: 'required',
    reasonLabel: 'Reason, encrypted under the tenant’s key',
    run: ({ reason = '', form }) => {
      const until = momentOf(form, 'until');
      const body = { reason, ...(until !== undefined && { until }) };
      return dataOf(api.PUT('/v1/tenants/{tenantId}/legal-hold', { params: { path: { tenantId } }, body }));
    },
    onDone: () => void queryClient.invalidateQueries({ queryKey: ['tenant'] }),
  };
}

function lift({ tenantId, tenantName }: Tenant): Verb {
  return {
    label: 'Lift legal hold',
    title: `Lift the legal hold on ${tenantName}?`,
    tone: 'danger',
    consequence: <p>A removal that waits for it goes on. What the hold has kept is deleted when it is next due.</p>,
    reason: 'required',
    reasonLabel: 'Reason, encrypted under the tenant’s key',
    run: ({ reason = '' }) =>
      api.DELETE('/v1/tenants/{tenantId}/legal-hold', { params: { path: { tenantId } }, body: { reason } }),
    onDone: () => void queryClient.invalidateQueries({ queryKey: ['tenant'] }),
  };
}
