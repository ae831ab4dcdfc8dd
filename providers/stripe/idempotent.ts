import Stripe from 'stripe';

const MOST_STORED_FAILURES = 10;

/**
 * Sends a request under an idempotency key. Stripe stores a 5xx like any other answer and replays it for a day, which would block that key.
 * A *replayed* 5xx proves that the original request has ended, so the request is sent again under a key derived from the original request's
 * id. Every attempt of every worker therefore follows the same chain of keys.
 *
 * Call this only after looking for the effect in the same attempt, because a request answered with a 5xx may still have taken effect.
 */
export async function idempotently<T>(key: string, send: (options: Stripe.RequestOptions) => Promise<T>): Promise<T> {
  let idempotencyKey = key;
  for (let step = 0; ; step++) {
    try {
      return await send({ idempotencyKey });
    } catch (error) {
      const ended = replayedRequest(error);
      if (ended === undefined || step === MOST_STORED_FAILURES) throw error;
      idempotencyKey = `${key}:${ended}`;
    }
  }
}

/** Id of the original request if the error is a replayed 5xx; undefined for any other error. */
function replayedRequest(error: unknown): string | undefined {
  if (!(error instanceof Stripe.errors.StripeError) || (error.statusCode ?? 0) < 500) return undefined;
  return error.headers?.['idempotent-replayed'] === 'true' ? error.headers['original-request'] : undefined;
}
