import Stripe from 'stripe';
import { failure } from '../../failures';
import { declined } from './classify';
import { idempotently } from './idempotent';
import { marks, tenantOf } from './marks';

/** Which payment method is checked, for whom. */
export interface PaymentMethodCheck {
  tenantId: string;
  operationId: string;
  /** Id of the tenant's billing account. */
  customer: string;
  /** The order's payment method. */
  paymentMethod: string;
  /** `operationId:payment-method-check:generation`. */
  idempotencyKey: string;
  signal: AbortSignal;
}

/**
 * Asks the card's bank whether the method may be charged later, without charging it (a setup intent, confirmed off session), and attaches
 * it to the billing account. Returns the attached method's id, which may differ from the order's. It goes with the account: there is
 * nothing of its own to compensate. Throws `PaymentMethodDeclined` at `/paymentMethod`; its message never holds the method's id.
 */
export async function checkPaymentMethod(stripe: Stripe, check: PaymentMethodCheck): Promise<string> {
  const { customer, tenantId, signal } = check;
  const what = `payment method of tenant ${tenantId}`;
  signal.throwIfAborted();
  for await (const intent of stripe.setupIntents.list({ customer, limit: 100 })) {
    if (tenantOf(intent.metadata) === tenantId && intent.status === 'succeeded') return idOf(intent, what);
  }
  try {
    return idOf(await confirm(stripe, check), what);
  } catch (error) {
    // 400 and 404 about the method itself (unknown, used up, another customer's): as much the order's fault as a declined card.
    const wrong =
      error instanceof Stripe.errors.StripeInvalidRequestError && (error.param ?? '').startsWith('payment_method');
    if (wrong || error instanceof Stripe.errors.StripeCardError || isForeign(error)) throw declined(error, what);
    throw error;
  }
}

function confirm(stripe: Stripe, check: PaymentMethodCheck): Promise<Stripe.SetupIntent> {
  const params: Stripe.SetupIntentCreateParams = {
    customer: check.customer,
    payment_method: check.paymentMethod,
    confirm: true,
    usage: 'off_session',
    // Nobody is there to be redirected.
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    metadata: marks(check),
  };
  return idempotently(check.idempotencyKey, (options) => stripe.setupIntents.create(params, options));
}

function idOf({ status, payment_method: method }: Stripe.SetupIntent, what: string): string {
  if (status === 'succeeded' && method !== null) return typeof method === 'string' ? method : method.id;
  if (status === 'requires_action') {
    const message = `${what}: its bank wants the owner to authenticate. Order again with a method that was set up for off-session use.`;
    throw failure('PaymentMethodDeclined', message, { pointer: '/paymentMethod' });
  }
  throw failure('OutcomeUnknown', `${what}: Stripe has not decided yet (${status}).`);
}

function isForeign(error: unknown): error is InstanceType<typeof Stripe.errors.StripeError> {
  return error instanceof Stripe.errors.StripeError && error.code === 'payment_method_unexpected_state';
}
