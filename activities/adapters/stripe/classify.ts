import Stripe from 'stripe';
import { classifyHttp, classifyNetwork, failure, isProvisioningFailure, type Classify } from '../../failures';

/**
 * What Stripe's errors mean (https://docs.stripe.com/error-handling). Stripe's own texts are never passed on: they quote ids of payment
 * methods and e-mail addresses. The request id lets whoever has the dashboard read them.
 * - card errors: the order's card, nothing else.
 * - connection: refused did nothing; broken, timed out or answered with nonsense may have done it.
 * - 5xx: may have been carried out; the answer is stored, so repeating the key only repeats it (see `idempotent.ts`).
 */
export const classifyStripe: Classify = (error, what) => {
  if (isProvisioningFailure(error)) return error;
  if (!(error instanceof Stripe.errors.StripeError)) return undefined;
  const cause = { cause: error };
  if (error instanceof Stripe.errors.StripeCardError) return declined(error, what);
  if (error instanceof Stripe.errors.StripeConnectionError) {
    return (
      classifyNetwork(error.detail, what) ?? failure('AnswerLost', `${what}: no answer from Stripe in time.`, cause)
    );
  }
  if (error.statusCode === undefined)
    return failure('OutcomeUnknown', `${what}: Stripe answered with something that is not JSON.`, cause);
  if (error.statusCode === 400 || error.statusCode === 404) {
    return failure('ProviderRefused', `${what}: Stripe refused it${reason(error)}.`, cause);
  }
  return classifyHttp(error.statusCode, `${what}: Stripe${reason(error)}`, error.headers?.['retry-after'], error);
};

/** Declines that are no answer of the bank: it, or the way to it, is busy. See https://docs.stripe.com/declines/codes. */
const BANK_BUSY = [
  ...['issuer_not_available', 'processing_error', 'reenter_transaction', 'try_again_later'],
  ...['payment_method_provider_timeout', 'payment_method_microdeposit_processing_error'],
];

/** A declined card: the order is wrong, at `/paymentMethod`. Where the bank has not decided anything, it is asked again. */
export function declined(
  error: InstanceType<typeof Stripe.errors.StripeError>,
  what: string,
): ReturnType<typeof failure> {
  if (BANK_BUSY.includes(error.code ?? '') || BANK_BUSY.includes(error.decline_code ?? ''))
    return failure('ProviderUnavailable', `${what}: its bank could not be asked${reason(error)}.`, { cause: error });
  const message = `${what}: the payment method was not accepted${reason(error)}. Order again with another one.`;
  return failure('PaymentMethodDeclined', message, { pointer: '/paymentMethod', cause: error });
}

/** Machine words of an error, for instance ` (card_declined: insufficient_funds, request req_1)`. */
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
