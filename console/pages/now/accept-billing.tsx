import { dataOf } from '../../../clients/typescript/src/client';
import type { BillingProblem } from '../../../contract/billing/billing';
import { api } from '../../api/client';
import { queryClient } from '../../api/queries';
import { useMayCall } from '../../api/session';
import { VerbButton } from '../../parts/forms/verb';

/** What was found in a tenant's billing, for people. */
export const BILLING_WORDS: Record<BillingProblem, string> = {
  subscription_cancelled: 'subscription cancelled at Stripe by hand',
  subscription_changed: 'subscription changed at Stripe by hand',
  collection_paused: 'collection of payments paused at Stripe by hand',
  card_expiring: 'the card expires soon',
  payment_disputed: 'a payment is disputed',
};

/** Accepts a finding in a tenant's billing as it is. */
export function AcceptBilling({ findingId, problem }: { findingId: string; problem: string }) {
  if (!useMayCall()('acceptBillingFinding')) return null;
  return (
    <VerbButton
      verb={{
        label: 'Accept',
        title: `Accept: ${problem}?`,
        consequence: (
          <p>
            It no longer waits for a person, and the audit trail names you. Nothing is changed at Stripe: the next event
            about the same object finds it again if it is still so.
          </p>
        ),
        run: () =>
          dataOf(
            api.POST('/v1/billing/findings/{billingFindingId}:accept', {
              params: { path: { billingFindingId: findingId } },
            }),
          ),
        onDone: () => void queryClient.invalidateQueries({ queryKey: ['attention'] }),
      }}
    />
  );
}
