import { isNativeError } from 'node:util/types';
import { ApplicationFailure, CancelledFailure, TemporalFailure } from '@temporalio/common';
import { FAILURES, isFailureType, type FailureClass, type FailureType } from '../contract/failures';
import { KeysUnavailable } from '../contract/key-wrapping';
import { RegistryUnavailable } from '../registry/database';

/** Options of {@link failure}. */
export interface FailureOptions {
  cause?: unknown;
  /** JSON pointer (RFC 6901) into the order, for a `user-fault`. */
  pointer?: string;
  /** Milliseconds to wait before the next attempt, from a provider's `Retry-After`. */
  retryAfterMs?: number;
}

/**
 * A failure of the catalogue. The message says what, which, why and what to do now; it is stored in history and shown to callers, so it
 * holds no secret and no e-mail address. Retryable and unknown ones are repeated by Temporal, the others end the step.
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
    // The cause's own text may quote the request; its name and code are enough to follow it in the logs.
    ...(options.cause instanceof Error ? { cause: bare(options.cause) } : {}),
  });
}

/** Whether an error is already one of the catalogue. */
export function isProvisioningFailure(error: unknown): error is ApplicationFailure & { type: FailureType } {
  return error instanceof ApplicationFailure && isFailureType(error.type);
}

function bare(error: Error): Error {
  const code = (error as { code?: unknown }).code;
  const name = typeof code === 'string' || typeof code === 'number' ? `${error.name} ${code}` : error.name;
  const copy = new Error(name);
  copy.name = error.name;
  delete copy.stack;
  return copy;
}

/** An adapter's own knowledge of its client's errors: a catalogue failure, or undefined when it does not recognise the error. */
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

/** Classification by network error code, shared by every adapter: a refused connection did nothing, a broken one may have. */
export function classifyNetwork(error: unknown, what: string): ApplicationFailure | undefined {
  for (let cause: unknown = error, depth = 0; isError(cause) && depth < 5; cause = cause.cause, depth++) {
    // What AbortSignal.timeout() ends a request with; also the browsers' and undici's word for it.
    if (cause.name === 'TimeoutError') return failure('AnswerLost', `${what}: no answer in time.`, { cause: error });
    const code = (cause as { code?: unknown }).code;
    if (typeof code !== 'string') continue;
    if (NETWORK_BEFORE_SEND.has(code))
      return failure('ProviderUnavailable', `${what}: no connection (${code}).`, { cause: error });
    if (NETWORK_AFTER_SEND.has(code))
      return failure('AnswerLost', `${what}: the connection broke (${code}).`, { cause: error });
  }
  return undefined;
}

// Native ones of any realm, and those of node-fetch, which only inherit from Error.
function isError(value: unknown): value is Error {
  return isNativeError(value) || value instanceof Error;
}

/**
 * Classification by HTTP status, shared by HTTP adapters; 408, 409, 425, 429 and 5xx may pass, other 4xx will not. With 502 and 504 a
 * gateway says that the provider behind it did not answer.
 */
export function classifyHttp(
  status: number,
  what: string,
  retryAfter?: string | null,
  cause?: unknown,
): ApplicationFailure {
  const retryAfterMs = parseRetryAfter(retryAfter);
  const options = { cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  if (status === 429) return failure('ProviderThrottled', `${what}: asked to slow down (429).`, options);
  if (status === 503) return failure('ProviderUnavailable', `${what}: not available (503).`, options);
  if (status === 408 || status === 409 || status === 425)
    return failure('ProviderUnavailable', `${what}: answered ${status}.`, options);
  if (status === 502 || status === 504)
    return failure('AnswerLost', `${what}: no answer behind its gateway (${status}).`, options);
  if (status >= 500 || status < 400) return failure('OutcomeUnknown', `${what}: answered ${status}.`, options);
  return failure(
    'ProviderRefused',
    `${what}: refused with ${status}. Check the provider's credentials, permissions and quota.`,
    options,
  );
}

/** Milliseconds of a `Retry-After` header (RFC 9110 §10.2.3: seconds or an HTTP date), or undefined; at most an hour. */
export function parseRetryAfter(value: string | null | undefined): number | undefined {
  if (!value) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, 3_600_000) : undefined;
}

/**
 * Any error as a failure of the catalogue: one that already is, then the adapter's table, then the network's, then our own defects;
 * what nobody recognises is an unknown outcome. A cancellation is thrown on as it is.
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
  return failure('OutcomeUnknown', `${what}: an error nobody has classified (${nameOf(error)}).`, cause);
}

/**
 * What an activity threw, as a failure whose message may be shown. Outside the adapters an error that nobody has classified is a defect of
 * this program; it can be repeated, because some activities must go on until they succeed.
 */
export function inCatalogue(error: unknown, what: string): TemporalFailure {
  if (error instanceof TemporalFailure) return error;
  if (error instanceof RegistryUnavailable || error instanceof KeysUnavailable) return toFailure(error, what);
  return ApplicationFailure.create({
    type: 'InternalError',
    message: `${what}: ${nameOf(error)}. This is a defect: see the worker’s log for the stack.`,
    ...(error instanceof Error ? { cause: bare(error) } : {}),
  });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
