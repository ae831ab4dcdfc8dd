import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { badRequest, StripeError } from './errors';
import type { IdempotencyRecord, Store } from '../state/store';

/** Seconds for which a key is kept. Stripe may drop keys after this time; dropping them exactly then exposes clients that rely on more. */
const KEPT_SECONDS = 24 * 3600;

/** The idempotency keys of requests in progress. */
export class InFlight {
  readonly #keys = new Set<string>();

  /** Runs `work`. Throws 409, as Stripe does, if a request with the same key is still in progress. */
  async exclusively<T>(key: string | undefined, work: () => Promise<T>): Promise<T> {
    if (key === undefined) return work();
    if (this.#keys.has(key)) {
      const message = `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`;
      throw new StripeError(409, 'idempotency_error', message, { code: 'idempotency_key_in_use' });
    }
    this.#keys.add(key);
    try {
      return await work();
    } finally {
      this.#keys.delete(key);
    }
  }
}

/** Digest of a request, which detects different requests under the same key. */
export function fingerprint(method: string, path: string, params: unknown): string {
  return createHash('sha256')
    .update(`${method} ${path} ${canonicalize(params) ?? ''}`)
    .digest('hex');
}

/**
 * The stored answer for this key, or undefined if the key is new or has expired (https://docs.stripe.com/api/idempotent_requests).
 * Throws `idempotency_error` if the key was first used for a different request.
 */
export function storedAnswer(store: Store, key: string, print: string, now: number): IdempotencyRecord | undefined {
  if (key.length > 255) throw badRequest('Idempotency keys can be up to 255 characters.');
  const record = store.answered(key, now - KEPT_SECONDS);
  if (record !== undefined && record.fingerprint !== print) {
    const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`;
    const error = new StripeError(400, 'idempotency_error', message);
    error.executed = false;
    throw error;
  }
  return record;
}
