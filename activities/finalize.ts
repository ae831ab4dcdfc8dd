import { listResources } from '../registry/ledger';
import { findOperation } from '../registry/operation-views';
import { recordBilling, recordOutcome } from '../registry/outcomes';
import type { BillingState } from './adapters/stripe/activation';
import type { Dependencies } from './dependencies';
import { failure, toFailure } from './failures';
import type { Activities } from './interface';
import { sendClaimLink } from './hand-over';
import { loadOperation } from './operation';

/** Step 10: the pivot, and what follows it: the first charge and the hand-over. */
export function createFinalize(
  dependencies: Dependencies,
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
      return { answer: await recordOutcome(pool, { operationId, status: 'active', steps }) };
    },

    async activateSubscription({ operationId }) {
      const { tenantId } = await loadOperation(dependencies, operationId);
      try {
        const state = await activate(tenantId, operationId);
        await recordBilling(pool, operationId, state.billing);
        return state;
      } catch (error) {
        const known = toFailure(error, `subscription of tenant ${tenantId}`, billing.classify);
        // It will not begin to charge by itself, which the operation has to say too.
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
