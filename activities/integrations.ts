import type { Dependencies } from './dependencies';
import { toFailure } from './failures';
import type { Activities } from './interface';
import { loadPlaced } from './operation';

/** Step 8: the billing account, the payment method checked with its bank, and a subscription that does not charge yet. */
export function createIntegrations(dependencies: Dependencies): Pick<Activities, 'setUpIntegrations'> {
  const { billing, effects, kinds, signal } = dependencies;
  return {
    async setUpIntegrations(input) {
      const { operationId, tenantId, order, template, global } = await loadPlaced(dependencies, input);
      const customer = await effects.ensure(kinds.of(billing.customer), global, {
        organizationName: order.organizationName,
        email: order.adminUser.email,
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
            throw toFailure(error, `payment method of tenant ${tenantId}`, billing.classify);
          }));
      await effects.ensure(kinds.of(billing.subscription), global, {
        plan: template,
        cycle: order.subscription.billingCycle,
        customer: customer.id,
        paymentMethod,
      });
    },
  };
}
