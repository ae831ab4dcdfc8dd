import Stripe from 'stripe';
import { classifyHttp, classifyNetwork, failure, isProvisioningFailure, type Classify } from '../port/failures';

/**
 * Translates Stripe's errors (https://docs.stripe.com/error-handling) into failures. Stripe's own messages are never passed on, because
 * they quote ids of payment methods and e-mail addresses; the request id finds them in Stripe's dashboard.
 * - Card errors: a fault of the order's payment method only.
 * - Connection errors: a refused connection did nothing; a broken one, a timeout or a malformed answer may have taken effect.
 * - 5xx: may have taken effect. Stripe stores the answer, so sending the same key again only repeats it (see `idempotent.ts`).
 */
export const classifyStripe: Classify = (error, what) => {
  if (isProvisioningFailure(error)) return error;
  if (!(error instanceof Stripe.errors.StripeError)) return undefined;
  const cause = { cause: error };
  if (error instanceof Stripe.errors.StripeCardError) return declined(error, what);
  if (error instanceof Stripe.errors.StripeConnectionError) {
    return (
      classifyNetwork(error.detail, what) ?? failure('AnswerLost', `${what}: Stripe did not answer in time.`, cause)
    );
  }
  if (error.statusCode === undefined)
    return failure('OutcomeUnknown', `${what}: Stripe’s answer is not valid JSON.`, cause);
  if (error.statusCode === 400 || error.statusCode === 404) {
    return failure('ProviderRefused', `${what}: Stripe refused the request${reason(error)}.`, cause);
  }
  return classifyHttp(error.statusCode, `${what}: Stripe${reason(error)}`, error.headers?.['retry-after'], error);
};

/** Decline codes that mean that the bank could not be reached or was busy. See https://docs.stripe.com/declines/codes. */
const BANK_BUSY = [
  ...['issuer_not_available', 'processing_error', 'reenter_transaction', 'try_again_later'],
  ...['payment_method_provider_timeout', 'payment_method_microdeposit_processing_error'],
];

/** Failure for a declined payment method: a fault of the order at `/paymentMethod`, or retryable if the bank has not decided. */
export function declined(
  error: InstanceType<typeof Stripe.errors.StripeError>,
  what: string,
): ReturnType<typeof failure> {
  if (BANK_BUSY.includes(error.code ?? '') || BANK_BUSY.includes(error.decline_code ?? ''))
    return failure('ProviderUnavailable', `${what}: its bank could not be reached${reason(error)}.`, { cause: error });
  const message = `${what}: the payment method was not accepted${reason(error)}. Name another one.`;
  return failure('PaymentMethodDeclined', message, { pointer: '/paymentMethod', cause: error });
}

/** The machine-readable parts of an error, such as ` (card_declined: insufficient_funds, request req_1)`. */
function reason({
  code,
  decline_code: decline,
  param,
  requestId,
}: InstanceType<typeof Stripe.errors.StripeError>): string {
  const words = [code, decline, param].filter(
    (word): word is string => typeof word === 'string' && /^[\w[\].]{1,80}$/.test(word),
  );
  const request = requestId === undefined ? [] : [`request ${requestId}`];
  const all = [...(words.length === 0 ? [] : [words.join(': ')]), ...request];
  return all.length === 0 ? '' : ` (${all.join(', ')})`;
}
