import { createHash } from 'node:crypto';
import Stripe from 'stripe';
import { failure } from '../../port/failures';
import { declined } from '../classify';
import { idempotently } from '../idempotent';
import { marks, tenantOf } from '../marks';

/** The payment method to check, and its tenant. */
export interface PaymentMethodCheck {
  tenantId: string;
  operationId: string;
  /** Id of the tenant's billing account. */
  customer: string;
  /** The order's payment method. */
  paymentMethod: string;
  /** `operationId:payment-method-check`. The method and the number of earlier declines are appended. */
  idempotencyKey: string;
  signal: AbortSignal;
}

/**
 * Asks the bank whether the method may be charged later, without charging it (a setup intent, confirmed off session), and attaches it to
 * the billing account. Returns the attached method's id, which may differ from the order's. It is removed together with the account, so
 * there is nothing to compensate. Throws `PaymentMethodDeclined` at `/paymentMethod`, with a message that never holds the method's id.
 */
export async function checkPaymentMethod(stripe: Stripe, check: PaymentMethodCheck): Promise<string> {
  const { customer, tenantId, signal } = check;
  const what = `Payment method of tenant ${tenantId} (Stripe)`;
  signal.throwIfAborted();
  let earlierDeclines = 0;
  for await (const intent of stripe.setupIntents.list({ customer, limit: 100 })) {
    // The order may have been amended, so only earlier checks of the same method count.
    if (tenantOf(intent.metadata) !== tenantId || intent.metadata?.[METHOD_MARK] !== digestOf(check)) continue;
    if (intent.status === 'succeeded' || intent.status === 'processing') return idOf(intent, what);
    earlierDeclines += 1;
  }
  try {
    return idOf(await confirm(stripe, check, earlierDeclines), what);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError && needsMandate(error))
      throw failure(
        'PaymentMethodDeclined',
        `${what}: a direct debit needs a mandate from its owner, which an order cannot carry. Name a card instead.`,
        { pointer: '/paymentMethod', cause: error },
      );
    // A 400 or 404 about the method itself (unknown, used up, another customer's) is as much a fault of the order as a declined card.
    const invalidMethod =
      error instanceof Stripe.errors.StripeInvalidRequestError && error.param?.startsWith('payment_method') === true;
    if (invalidMethod || error instanceof Stripe.errors.StripeCardError || isAboutMethod(error))
      throw declined(error, what);
    throw error;
  }
}

/** Metadata key for a digest of the checked method's id, since the attached method may have another id. */
const METHOD_MARK = 'checkedMethod';

function digestOf({ paymentMethod }: PaymentMethodCheck): string {
  return createHash('sha256').update(paymentMethod).digest('hex').slice(0, 16);
}

/**
 * Creates and confirms the setup intent. The key counts earlier declines: with the old key, a retry by an operator would only replay the
 * decline.
 */
function confirm(stripe: Stripe, check: PaymentMethodCheck, earlierDeclines: number): Promise<Stripe.SetupIntent> {
  const params: Stripe.SetupIntentCreateParams = {
    customer: check.customer,
    payment_method: check.paymentMethod,
    confirm: true,
    usage: 'off_session',
    // No customer is present who could be redirected.
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    metadata: { ...marks(check), [METHOD_MARK]: digestOf(check) },
  };
  const key = `${check.idempotencyKey}:${digestOf(check)}:${earlierDeclines}`;
  return idempotently(key, (options) => stripe.setupIntents.create(params, options));
}

function idOf({ status, payment_method: method }: Stripe.SetupIntent, what: string): string {
  if (status === 'succeeded' && method !== null) return typeof method === 'string' ? method : method.id;
  if (status === 'requires_action') {
    const message = `${what}: its bank wants its owner to authenticate. Name a method that was set up for off-session use.`;
    throw failure('PaymentMethodDeclined', message, { pointer: '/paymentMethod' });
  }
  throw failure('OutcomeUnknown', `${what}: Stripe has not finished checking it yet (${status}).`);
}

function needsMandate({ code, param }: InstanceType<typeof Stripe.errors.StripeError>): boolean {
  return code === 'parameter_missing' && param?.startsWith('mandate_data') === true;
}

/** Codes with the same prefix that blame our Stripe configuration or request, so that another method would not help. */
const OURS = ['payment_method_configuration_failures', 'payment_method_invalid_parameter_testmode'];

/**
 * Whether Stripe's code blames the method: it is blocked, cannot be charged later, or is another customer's. See
 * https://docs.stripe.com/error-codes.
 */
function isAboutMethod(error: unknown): error is InstanceType<typeof Stripe.errors.StripeError> {
  if (!(error instanceof Stripe.errors.StripeError)) return false;
  const { code = '' } = error;
  return code.startsWith('payment_method_') && !OURS.includes(code);
}
