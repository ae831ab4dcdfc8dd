import type { Tenant } from '../../../clients/typescript/src/types';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { queryClient } from '../../api/queries';
import { useMayCall } from '../../api/session';
import { TextField } from '../../parts/forms/field';
import { momentOf } from '../../parts/forms/form-values';
import { VerbButton, type Verb } from '../../parts/forms/verb';

/** Moves and ends a tenant's trial. */
export function TrialVerbs({ tenant }: { tenant: Tenant }) {
  const mayCall = useMayCall();
  if (!tenant.trial) return null;
  return (
    <>
      {mayCall('moveTrial') && <VerbButton verb={move(tenant)} />}
      {mayCall('endTrial') && <VerbButton verb={end(tenant)} />}
    </>
  );
}

const onDone = (): void => void queryClient.invalidateQueries({ queryKey: ['tenant'] });

function move({ tenantId, tenantName }: Tenant): Verb {
  return {
    label: 'Move trial’s end',
    title: `Move the end of ${tenantName}’s trial?`,
    consequence: <p>The first admin is reminded before the new end, as the plan says.</p>,
    fields: <TextField name="endsAt" type="datetime-local" label="New end, in your time zone" required />,
    run: ({ form }) => {
      const endsAt = momentOf(form, 'endsAt') ?? '';
      return dataOf(api.PUT('/v1/tenants/{tenantId}/trial', { params: { path: { tenantId } }, body: { endsAt } }));
    },
    onDone,
  };
}

function end({ tenantId, tenantName }: Tenant): Verb {
  return {
    label: 'End trial',
    title: `End ${tenantName}’s trial because the customer pays?`,
    consequence: <p>Nothing more happens at the trial’s end. A trial cannot begin again.</p>,
    run: () => api.DELETE('/v1/tenants/{tenantId}/trial', { params: { path: { tenantId } } }),
    onDone,
  };
}
