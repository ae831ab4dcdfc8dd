import Stripe from 'stripe';

const MOST_STORED_FAILURES = 10;

/**
 * Sends a request under an idempotency key. Stripe stores a 5xx like any other answer and repeats it for a day, so a key that met one
 * would never get through again. When the answer is such a *repeated* 5xx, the request it was stored for is over; the next key then
 * derives from that request's id, so every attempt of every worker walks the same chain of keys.
 *
 * Only call this after having looked for the effect in the same attempt: a stored 5xx may have had its effect all the same.
 */
export async function idempotently<T>(key: string, send: (options: Stripe.RequestOptions) => Promise<T>): Promise<T> {
  let idempotencyKey = key;
  for (let step = 0; ; step++) {
    try {
      return await send({ idempotencyKey });
    } catch (error) {
      const over = storedFailure(error);
      if (over === undefined || step === MOST_STORED_FAILURES) throw error;
      idempotencyKey = `${key}:${over}`;
    }
  }
}

/** The request a repeated 5xx was stored for; undefined for everything else. */
function storedFailure(error: unknown): string | undefined {
  if (!(error instanceof Stripe.errors.StripeError) || (error.statusCode ?? 0) < 500) return undefined;
  return error.headers?.['idempotent-replayed'] === 'true' ? error.headers['original-request'] : undefined;
}
