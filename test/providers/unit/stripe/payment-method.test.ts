import Stripe from 'stripe';
import { createBilling, type Billing } from '../../../../providers/stripe/stripe';
import { startCannedServer, type CannedServer } from '../../../helpers/providers/canned-server';

let server: CannedServer;
let billing: Billing;
beforeAll(async () => {
  server = await startCannedServer();
  billing = createBilling({ apiKey: 'sk_test_canned', url: server.url, allowLiveKey: false });
});
afterAll(async () => {
  await billing.close();
  await server.close();
});

/** Checks a method that was never checked before, while Stripe answers every confirmation with this error. */
function check(code: string): Promise<string> {
  server.script = ({ method }) => {
    const [status, body] =
      method === 'GET'
        ? [200, { object: 'list', data: [], has_more: false }]
        : [400, { error: { type: 'invalid_request_error', message: 'x', code } }];
    return { status, contentType: 'application/json', body: JSON.stringify(body) };
  };
  return billing.checkPaymentMethod(CHECK);
}

const CHECK = {
  tenantId: 'abcdefghij234567',
  operationId: 'op_x',
  customer: 'cus_x',
  paymentMethod: 'pm_x',
  idempotencyKey: 'op_x:payment-method-check',
  signal: new AbortController().signal,
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
])('%s is a fault of the order, whichever member Stripe names', async (code) => {
  await expect(check(code)).rejects.toMatchObject({ type: 'PaymentMethodDeclined' });
});

test.each(['payment_method_provider_timeout', 'payment_method_microdeposit_processing_error'])(
  '%s is inconclusive',
  async (code) => {
    await expect(check(code)).rejects.toMatchObject({ type: 'ProviderUnavailable' });
  },
);

test.each(['payment_method_configuration_failures', 'payment_method_invalid_parameter_testmode'])(
  '%s is not a fault of the order',
  async (code) => {
    await expect(check(code)).rejects.toBeInstanceOf(Stripe.errors.StripeError);
  },
);
