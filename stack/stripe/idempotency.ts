import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { badRequest, StripeError } from './errors';
import type { IdempotencyRecord, Store } from './store';

/** Stripe may forget a key once it is this old (seconds); forgetting it at once shows who relies on more. */
const KEPT = 24 * 3600;

/** The keys of requests that are being executed right now. */
export class InFlight {
  readonly #keys = new Set<string>();

  /** Runs `work` unless a request with the same key is still running: then 409, as at Stripe. */
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

/** What distinguishes one request from another under the same key. */
export function fingerprint(method: string, path: string, params: unknown): string {
  return createHash('sha256')
    .update(`${method} ${path} ${canonicalize(params) ?? ''}`)
    .digest('hex');
}

/**
 * The stored answer to this key, or undefined when it is new or old (https://docs.stripe.com/api/idempotent_requests).
 * Throws `idempotency_error` when the key was first used for something else.
 */
export function storedAnswer(store: Store, key: string, print: string, now: number): IdempotencyRecord | undefined {
  if (key.length > 255) throw badRequest('Idempotency keys can be up to 255 characters.');
  const record = store.answered(key, now - KEPT);
  if (record !== undefined && record.fingerprint !== print) {
    const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`;
    const error = new StripeError(400, 'idempotency_error', message);
    error.executed = false;
    throw error;
  }
  return record;
}
