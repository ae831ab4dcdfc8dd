import Stripe from 'stripe';
import { checkPaymentMethod } from '../../../activities/adapters/stripe/payment-method';

/** A Stripe that answers every confirmation with this error. */
function answering(code: string): Stripe {
  const error = new Stripe.errors.StripeInvalidRequestError({
    ...{ type: 'invalid_request_error', message: 'x', code, statusCode: 400 },
  } as never);
  const setupIntents = {
    async *list() {},
    create: () => Promise.reject(error),
  };
  return { setupIntents } as unknown as Stripe;
}

const CHECK = {
  ...{ tenantId: 'abcdefghij234567', operationId: 'op_x', customer: 'cus_x', paymentMethod: 'pm_x' },
  ...{ idempotencyKey: 'op_x:payment-method-check', signal: new AbortController().signal },
};

test.each([
  'payment_method_bank_account_blocked',
  'payment_method_currency_mismatch',
  'payment_method_customer_decline',
  'payment_method_not_available',
  'payment_method_restricted',
  'payment_method_unactivated',
  'payment_method_unexpected_state',
  'payment_method_unsupported_type',
])('%s is the order’s fault, whichever member Stripe names', async (code) => {
  await expect(checkPaymentMethod(answering(code), CHECK)).rejects.toMatchObject({ type: 'PaymentMethodDeclined' });
});

test.each(['payment_method_provider_timeout', 'payment_method_microdeposit_processing_error'])(
  '%s is no answer yet',
  async (code) => {
    await expect(checkPaymentMethod(answering(code), CHECK)).rejects.toMatchObject({ type: 'ProviderUnavailable' });
  },
);

test.each(['payment_method_configuration_failures', 'payment_method_invalid_parameter_testmode'])(
  '%s is no fault of the order',
  async (code) => {
    await expect(checkPaymentMethod(answering(code), CHECK)).rejects.toBeInstanceOf(Stripe.errors.StripeError);
  },
);
