import Stripe from 'stripe';

/** A request that Stripe has not signed, or long ago. */
class SignatureInvalid extends Error {}

/**
 * Checks the `Stripe-Signature` header of a request, and returns the event in its body. `secrets`: those of the endpoint; there are two while
 * one is being replaced. Throws `SignatureInvalid`, also for a signature older than five minutes.
 * Source: https://docs.stripe.com/webhooks#verify-official-libraries.
 */
export function signedEvent(body: Buffer, header: string, secrets: readonly string[]): Stripe.Event {
  for (const secret of secrets) {
    try {
      return Stripe.webhooks.constructEvent(body, header, secret);
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError) && !(error instanceof SyntaxError))
        throw error;
    }
  }
  throw new SignatureInvalid('No secret of this endpoint has signed the request within the last five minutes.');
}
