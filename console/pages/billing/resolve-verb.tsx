import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { queryClient } from '../../api/queries';
import { useMayCall } from '../../api/session';
import { VerbButton } from '../../parts/forms/verb';

interface ResolveVerbProps {
  finding: { findingId: string; found: string; remedy: string };
}

/** Resolves a finding in billing: nothing more is to be done about it. */
export function ResolveVerb({ finding: { findingId, found, remedy } }: ResolveVerbProps) {
  if (!useMayCall()('resolveBillingFinding')) return null;
  return (
    <VerbButton
      verb={{
        label: 'Resolve',
        title: 'Resolve this finding?',
        consequence: (
          <p>
            {found} What would put it right: {remedy} Resolved, it no longer waits for a person, and the audit trail
            names you. Nothing is changed at the billing provider.
          </p>
        ),
        reason: 'required',
        run: ({ reason = '' }) =>
          dataOf(
            api.POST('/v1/billing/findings/{billingFindingId}:resolve', {
              params: { path: { billingFindingId: findingId } },
              body: { reason },
            }),
          ),
        onDone: () => {
          void queryClient.invalidateQueries({ queryKey: ['billing'] });
          void queryClient.invalidateQueries({ queryKey: ['attention'] });
        },
      }}
    />
  );
}
