import type { Dependencies, StepDependencies } from '../dependencies';
import { toFailure } from '../../providers/port/failures';
import type { Activities } from '../operations/interface';
import { loadPlaced } from '../operations/load-operation';

interface IntegrationsDependencies extends StepDependencies, Pick<Dependencies, 'signal'> {
  billing: Pick<Dependencies['billing'], 'checkPaymentMethod' | 'classify' | 'customer' | 'subscription'>;
}

/** Step 8: makes the billing account, checks the payment method with its bank, and makes a subscription that does not charge yet. */
export function createIntegrations(dependencies: IntegrationsDependencies): Pick<Activities, 'setUpIntegrations'> {
  const { billing, effects, kinds, signal } = dependencies;
  return {
    async setUpIntegrations({ again, ...input }) {
      const { operationId, tenantId, order, template, global } = await loadPlaced(dependencies, input);
      const customer = await effects.ensure(kinds.of(billing.customer), global, {
        organizationName: order.organizationName,
        email: order.adminUser.email,
        taxIds: order.billing?.taxIds,
        end: template.billing.end,
      });
      const paymentMethod =
        order.paymentMethod &&
        (await billing
          .checkPaymentMethod({
            tenantId,
            operationId,
            customer: customer.id,
            paymentMethod: order.paymentMethod,
            idempotencyKey: `${operationId}:payment-method-check`,
            signal: signal(),
          })
          .catch((error: unknown) => {
            throw toFailure(error, `Payment method of tenant ${tenantId} (Stripe)`, billing.classify);
          }));
      await effects.ensure(kinds.of(billing.subscription), global, {
        plan: template,
        cycle: order.subscription.billingCycle,
        customer: customer.id,
        paymentMethod,
        again,
      });
    },
  };
}
