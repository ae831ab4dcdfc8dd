import { useLocation } from 'wouter';
import { dataOf } from '../../../clients/typescript/src/client';
import type { Tenant } from '../../../clients/typescript/src/types';
import { api } from '../../api/client';
import { useMayCall } from '../../api/session';
import { Check } from '../../parts/forms/field';
import { isTicked } from '../../parts/forms/form-values';
import { VerbButton, type Verb } from '../../parts/forms/verb';

/** Compares the tenant with its providers, where that is possible now and the person's roles allow it. */
export function ReconcileVerb({ tenant }: { tenant: Tenant }) {
  const mayCall = useMayCall();
  const [, navigate] = useLocation();
  if (!tenant.verbs.includes('reconcile') || !mayCall('reconcileTenant')) return null;
  return <VerbButton verb={reconcile(tenant, (operationId) => navigate(`/operations/${operationId}`))} />;
}

function reconcile({ tenantId, tenantName }: Tenant, follow: (operationId: string) => void): Verb {
  return {
    label: 'Reconcile',
    title: `Reconcile ${tenantName}?`,
    consequence: (
      <p>
        Everything that the tenant has is compared with the ledger. What was changed by hand is changed back, and what
        was lost is made again where that loses nothing. A cancelled subscription is replaced.
      </p>
    ),
    fields: <Check name="dryRun" label="Only list the differences" />,
    run: async ({ form, idempotencyKey }) => {
      const { operationId } = await dataOf(
        api.POST('/v1/tenants/{tenantId}:reconcile', {
          params: { path: { tenantId }, header: { 'Idempotency-Key': idempotencyKey } },
          body: { dryRun: isTicked(form, 'dryRun') },
        }),
      );
      follow(operationId);
    },
  };
}
