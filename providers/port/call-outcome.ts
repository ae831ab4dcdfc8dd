import type { CallOutcome } from '../../contract/metrics/outcomes';
import { isFailureType, type FailureType } from '../../contract/operations/failures';

/** What the clients' errors have in common as far as they tell what has happened. */
interface ClientError {
  name?: unknown;
  message?: unknown;
  /** A number in `ApiException` of Kubernetes; a name of Node or a SQLSTATE elsewhere. */
  code?: unknown;
  /** Of this project's own failures. */
  type?: unknown;
  /** Of AWS's clients. */
  $metadata?: { httpStatusCode?: unknown };
  /** Of Keycloak's client. */
  response?: { status?: unknown };
  status?: unknown;
  /** Of nodemailer: the reply code of SMTP. */
  responseCode?: unknown;
  cause?: unknown;
}

const BY_FAILURE: Partial<Record<FailureType, CallOutcome>> = {
  ProviderThrottled: 'throttled',
  ProviderUnavailable: 'unreachable',
  ProviderRefused: 'refused',
  AnswerLost: 'no-answer',
  OutcomeUnknown: 'error',
};

const THROTTLED = /^(?:SlowDown|Throttl\w*|RequestLimitExceeded|TooManyRequests\w*)$/;
const NOT_FOUND = /^(?:NoSuch\w+|NotFound\w*|XAdminUserNotFound)$/;
const UNREACHABLE =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|EDNS|ECONNECTION)$/;
const NO_ANSWER = /^(?:ECONNRESET|EPIPE|ETIMEDOUT|ESOCKET|UND_ERR_\w+|TimeoutError|RequestTimeout)$/;

/** SQLSTATE classes: 08 connection, 57 shutdown, 53 resources; `3D000` no such database; https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SQLSTATE = /^[0-9A-Z]{5}$/;

/**
 * The outcome of a call whose client has thrown. A coarse one for figures: whether the step fails, and how, is what the adapter's
 * classification decides.
 */
export function outcomeOfError(error: unknown): CallOutcome {
  const { name, message, code, type, $metadata, response, status, responseCode, cause } = (error ?? {}) as ClientError;
  const failure = typeof type === 'string' && isFailureType(type) ? BY_FAILURE[type] : undefined;
  if (failure) return failure;
  const words = [code, name].filter((each): each is string => typeof each === 'string');
  if (words.some((word) => THROTTLED.test(word))) return 'throttled';
  if (words.some((word) => NOT_FOUND.test(word))) return 'not-found';
  const answered = [$metadata?.httpStatusCode, response?.status, status, code].find(isHttpStatus);
  if (answered !== undefined) return outcomeOfStatus(answered);
  if (typeof responseCode === 'number') return responseCode >= 500 ? 'refused' : 'error';
  if (name === 'AbortError' || name === 'CancelledFailure') return 'abandoned';
  if (words.some((word) => UNREACHABLE.test(word))) return 'unreachable';
  if (words.some((word) => NO_ANSWER.test(word))) return 'no-answer';
  if (typeof code === 'string' && SQLSTATE.test(code)) return outcomeOfSqlState(code);
  if (cause !== undefined) return outcomeOfError(cause);
  return message === 'fetch failed' || message === 'terminated' ? 'no-answer' : 'unknown';
}

/** The outcome of a call that was answered with this HTTP status. */
export function outcomeOfStatus(status: number): CallOutcome {
  if (status < 400) return 'ok';
  if (status === 404) return 'not-found';
  if (status === 429) return 'throttled';
  return status < 500 ? 'refused' : 'error';
}

function isHttpStatus(value: unknown): value is number {
  return typeof value === 'number' && value >= 100 && value < 600;
}

function outcomeOfSqlState(code: string): CallOutcome {
  if (code.startsWith('53')) return 'throttled';
  if (code.startsWith('08') || code.startsWith('57')) return 'unreachable';
  return code.startsWith('58') || code.startsWith('XX') ? 'error' : 'refused';
}
