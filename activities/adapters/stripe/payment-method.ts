import { createHash } from 'node:crypto';
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
  /** `operationId:payment-method-check`; which method, and the how-manieth time it is checked, is added to it. */
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
  let declinedBefore = 0;
  for await (const intent of stripe.setupIntents.list({ customer, limit: 100 })) {
    // The order may have been corrected since: the answer about another method is none about this one.
    if (tenantOf(intent.metadata) !== tenantId || intent.metadata?.[METHOD_MARK] !== digestOf(check)) continue;
    if (intent.status === 'succeeded' || intent.status === 'processing') return idOf(intent, what);
    declinedBefore += 1;
  }
  try {
    return idOf(await confirm(stripe, check, declinedBefore), what);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError && needsMandate(error))
      throw failure(
        'PaymentMethodDeclined',
        `${what}: a direct debit needs a mandate from its owner, which an order cannot carry. Order again with a card.`,
        { pointer: '/paymentMethod', cause: error },
      );
    // 400 and 404 about the method itself (unknown, used up, another customer's): as much the order's fault as a declined card.
    const wrong =
      error instanceof Stripe.errors.StripeInvalidRequestError && error.param?.startsWith('payment_method') === true;
    if (wrong || error instanceof Stripe.errors.StripeCardError || isAboutMethod(error)) throw declined(error, what);
    throw error;
  }
}

/** Metadata that tells which of the order's methods was checked: the attached one may have another id. */
const METHOD_MARK = 'checkedMethod';

function digestOf({ paymentMethod }: PaymentMethodCheck): string {
  return createHash('sha256').update(paymentMethod).digest('hex').slice(0, 16);
}

/** A bank that has said no is asked anew when an operator has the step repeated; the old key would only repeat its answer. */
function confirm(stripe: Stripe, check: PaymentMethodCheck, declinedBefore: number): Promise<Stripe.SetupIntent> {
  const params: Stripe.SetupIntentCreateParams = {
    customer: check.customer,
    payment_method: check.paymentMethod,
    confirm: true,
    usage: 'off_session',
    // Nobody is there to be redirected.
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    metadata: { ...marks(check), [METHOD_MARK]: digestOf(check) },
  };
  const key = `${check.idempotencyKey}:${digestOf(check)}:${declinedBefore}`;
  return idempotently(key, (options) => stripe.setupIntents.create(params, options));
}

function idOf({ status, payment_method: method }: Stripe.SetupIntent, what: string): string {
  if (status === 'succeeded' && method !== null) return typeof method === 'string' ? method : method.id;
  if (status === 'requires_action') {
    const message = `${what}: its bank wants its owner to authenticate. Order again with a method that was set up for off-session use.`;
    throw failure('PaymentMethodDeclined', message, { pointer: '/paymentMethod' });
  }
  throw failure('OutcomeUnknown', `${what}: Stripe has not decided yet (${status}).`);
}

function needsMandate({ code, param }: InstanceType<typeof Stripe.errors.StripeError>): boolean {
  return code === 'parameter_missing' && param?.startsWith('mandate_data') === true;
}

/** Codes that begin alike and blame how Stripe was set up or asked, which no other method mends. */
const OURS = ['payment_method_configuration_failures', 'payment_method_invalid_parameter_testmode'];

/** Whether Stripe's code blames the method: blocked, of a kind that is not charged later, another customer's. See https://docs.stripe.com/error-codes. */
function isAboutMethod(error: unknown): error is InstanceType<typeof Stripe.errors.StripeError> {
  if (!(error instanceof Stripe.errors.StripeError)) return false;
  const { code = '' } = error;
  return code.startsWith('payment_method_') && !OURS.includes(code);
}
