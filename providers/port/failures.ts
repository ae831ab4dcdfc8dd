import { isNativeError } from 'node:util/types';
import { ApplicationFailure, CancelledFailure, TemporalFailure } from '@temporalio/common';
import { FAILURES, isFailureType, type FailureClass, type FailureType } from '../../contract/operations/failures';
import { KeysUnavailable } from '../../contract/keys/key-wrapping';
import { RegistryUnavailable } from '../../registry/database';

/** Options of {@link failure}. */
export interface FailureOptions {
  cause?: unknown;
  /** JSON pointer (RFC 6901) into the order, for a `user-fault`. */
  pointer?: string;
  /** Milliseconds to wait before the next attempt, from a provider's `Retry-After`. */
  retryAfterMs?: number;
}

/**
 * Creates a failure from the catalogue. The message says what happened, to which resource, why, and what to do now. It is stored in the
 * workflow history and shown to callers, so it must not contain secrets or e-mail addresses. Temporal retries `retryable` and `unknown`
 * failures; the other classes end the step.
 */
export function failure(type: FailureType, message: string, options: FailureOptions = {}): ApplicationFailure {
  const kind: FailureClass = FAILURES[type].class;
  const details = options.pointer === undefined ? [] : [{ pointer: options.pointer }];
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: kind === 'permanent' || kind === 'user-fault',
    details,
    ...(options.retryAfterMs === undefined ? {} : { nextRetryDelay: options.retryAfterMs }),
    // The cause's message may quote the request, so only its name and code are kept; they suffice to find it in the logs.
    ...(options.cause instanceof Error ? { cause: redact(options.cause) } : {}),
  });
}

/** Whether an error is already a catalogue failure. */
export function isProvisioningFailure(error: unknown): error is ApplicationFailure & { type: FailureType } {
  return error instanceof ApplicationFailure && isFailureType(error.type);
}

function redact(error: Error): Error {
  const code = (error as { code?: unknown }).code;
  const name = typeof code === 'string' || typeof code === 'number' ? `${error.name} ${code}` : error.name;
  const copy = new Error(name);
  copy.name = error.name;
  delete copy.stack;
  return copy;
}

/** Maps the errors of an adapter's client to catalogue failures; returns undefined for an error it does not recognise. */
export type Classify = (error: unknown, what: string) => ApplicationFailure | undefined;

const NETWORK_BEFORE_SEND = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const NETWORK_AFTER_SEND = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'ABORT_ERR',
  'UND_ERR_SOCKET',
]);

/**
 * Classification by network error code, shared by every adapter. A request that never got a connection had no effect; one whose connection
 * broke may have had one.
 */
export function classifyNetwork(error: unknown, what: string): ApplicationFailure | undefined {
  for (let cause: unknown = error, depth = 0; isError(cause) && depth < 5; cause = cause.cause, depth++) {
    // The error name that AbortSignal.timeout(), browsers and undici use.
    if (cause.name === 'TimeoutError') return failure('AnswerLost', `${what}: no answer in time.`, { cause: error });
    const code = (cause as { code?: unknown }).code;
    if (typeof code !== 'string') continue;
    if (NETWORK_BEFORE_SEND.has(code))
      return failure('ProviderUnavailable', `${what}: could not connect (${code}).`, { cause: error });
    if (NETWORK_AFTER_SEND.has(code))
      return failure('AnswerLost', `${what}: the connection broke (${code}).`, { cause: error });
  }
  return undefined;
}

// Recognises native errors from any realm, and node-fetch's errors, which merely inherit from Error.
function isError(value: unknown): value is Error {
  return isNativeError(value) || value instanceof Error;
}

/**
 * Classification by HTTP status, shared by the HTTP adapters: 408, 409, 425, 429 and 5xx may succeed later, other 4xx will not. 502 and 504
 * mean that a gateway got no answer from the provider behind it.
 */
export function classifyHttp(
  status: number,
  what: string,
  retryAfter?: string | null,
  cause?: unknown,
): ApplicationFailure {
  const retryAfterMs = parseRetryAfter(retryAfter);
  const options = { cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  if (status === 429) return failure('ProviderThrottled', `${what}: throttled by the provider (429).`, options);
  if (status === 503) return failure('ProviderUnavailable', `${what}: the provider is not available (503).`, options);
  if (status === 408 || status === 409 || status === 425)
    return failure('ProviderUnavailable', `${what}: the provider answered ${status}.`, options);
  if (status === 502 || status === 504)
    return failure('AnswerLost', `${what}: the gateway got no answer from the provider (${status}).`, options);
  if (status >= 500 || status < 400)
    return failure('OutcomeUnknown', `${what}: the provider answered ${status}.`, options);
  return failure(
    'ProviderRefused',
    `${what}: the provider refused the request (${status}). Check the credentials, permissions and quota for this provider.`,
    options,
  );
}

/**
 * Milliseconds to wait according to a `Retry-After` header (RFC 9110 §10.2.3: seconds or an HTTP date), capped at one hour. Undefined for a
 * missing or unreadable header, or a date in the past.
 */
export function parseRetryAfter(value: string | null | undefined): number | undefined {
  if (!value) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, 3_600_000) : undefined;
}

/**
 * Converts any error to a catalogue failure. Catalogue failures are returned unchanged; other errors are matched against the registry's and
 * key store's outages, the adapter's own table, network errors and programming errors, in this order. An unrecognised error becomes
 * `OutcomeUnknown`. A cancellation is rethrown.
 */
export function toFailure(error: unknown, what: string, classify?: Classify): ApplicationFailure {
  if (error instanceof CancelledFailure) throw error;
  if (isProvisioningFailure(error)) return error;
  if (error instanceof RegistryUnavailable)
    return failure('RegistryUnavailable', `${what}: ${error.message}`, { cause: error });
  if (error instanceof KeysUnavailable)
    return failure('ProviderUnavailable', `${what}: ${error.message}`, { cause: error });
  const known = classify?.(error, what) ?? classifyNetwork(error, what);
  if (known) return known;
  const cause = { cause: error };
  if (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError)
    return failure(
      'InternalError',
      `${what}: ${error.name}. This is a defect: see the worker's log for the stack.`,
      cause,
    );
  return failure('OutcomeUnknown', `${what}: unclassified error (${nameOf(error)}).`, cause);
}

/**
 * Converts an error thrown by an activity to a failure whose message is safe to show. Outside the adapters, an unclassified error is a
 * defect in this program. It stays retryable, because some activities must be retried until they succeed.
 */
export function toActivityFailure(error: unknown, what: string): TemporalFailure {
  if (error instanceof TemporalFailure) return error;
  if (error instanceof RegistryUnavailable || error instanceof KeysUnavailable) return toFailure(error, what);
  return ApplicationFailure.create({
    type: 'InternalError',
    message: `${what}: ${nameOf(error)}. This is a defect: see the worker’s log for the stack.`,
    ...(error instanceof Error ? { cause: redact(error) } : {}),
  });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
