import { listResources } from '../../registry/ledger/ledger';
import { findOperation } from '../../registry/views/operations';
import { recordBilling, recordOutcome } from '../../registry/operations/transitions';
import { findBegunTrial } from '../../registry/tenants/trials';
import type { BillingState } from '../../providers/stripe/subscription/activation';
import type { Dependencies, KindName, MailDependencies } from '../dependencies';
import { failure, toFailure } from '../../providers/port/failures';
import type { Activities } from '../operations/interface';
import { sendClaimLink } from '../credentials/hand-over';
import { loadOperation } from '../operations/load-operation';

interface FinalizeDependencies extends MailDependencies {
  billing: Pick<Dependencies['billing'], 'activateSubscription' | 'classify'> & { subscription: KindName };
}

/** Step 10: the pivot, then the first charge and the hand-over. */
export function createFinalize(
  dependencies: FinalizeDependencies,
): Pick<Activities, 'activateTenant' | 'activateSubscription' | 'sendWelcome'> {
  const { billing, pool, signal } = dependencies;
  const activate = async (tenantId: string, operationId: string): Promise<BillingState> => {
    const rows = await listResources(pool, tenantId);
    const subscription = rows.find((row) => row.kind === billing.subscription.kind)?.externalId;
    if (!subscription)
      throw failure('InternalError', `Tenant ${tenantId} is active without a subscription in the ledger.`);
    return billing.activateSubscription({
      tenantId,
      subscription,
      idempotencyKey: `${operationId}:billing-activation:0`,
      signal: signal(),
    });
  };
  return {
    async activateTenant({ operationId, steps }) {
      const answer = await recordOutcome(pool, { operationId, status: 'active', steps });
      const onTrial = answer === 'committed' && (await findBegunTrial(pool, operationId));
      return { answer, ...(onTrial ? { onTrial: true as const } : {}) };
    },

    async activateSubscription({ operationId }) {
      const { tenantId } = await loadOperation(dependencies, operationId);
      try {
        const state = await activate(tenantId, operationId);
        await recordBilling(pool, operationId, state.billing);
        return state;
      } catch (error) {
        const known = toFailure(error, `Subscription of tenant ${tenantId} (Stripe)`, billing.classify);
        // The subscription will not begin to charge by itself, and the operation must show that.
        if (known.nonRetryable) await recordBilling(pool, operationId, 'past_due');
        throw known;
      }
    },

    async sendWelcome({ operationId }) {
      const operation = await findOperation(pool, operationId);
      if (!operation) throw failure('OperationNotFound', `There is no operation ${operationId} in the registry.`);
      const { tenantId } = operation;
      await sendClaimLink(dependencies, { tenantId, operationId, issuedFor: operationId, again: false });
    },
  };
}
