import type { Operation, Problem } from './types';

/** A request that the API refused, or could not carry out. Holds nothing of the request but its method and path. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** Stable URI of the problem’s type, which leads to a page about it; `about:blank` if something else than the API has answered. */
  readonly type: string;
  /** The last part of `type`, such as `name-taken`. */
  readonly code: string;
  /** The same for every problem of the type. */
  readonly title: string;
  /** What happened this time, why, and what to do now. */
  readonly detail: string | undefined;
  /** The fields that are wrong, as JSON pointers into the request’s body. */
  readonly errors: NonNullable<Problem['errors']>;
  /** On a conflict with the current state: the verbs that are possible now. */
  readonly allowed: readonly string[] | undefined;
  /** Id of the request in the API’s logs. */
  readonly requestId: string | undefined;
  /** Milliseconds after which the API asks to try again. */
  readonly retryAfterMs: number | undefined;

  constructor(request: string, problem: Problem, { retryAfterMs }: { retryAfterMs?: number | undefined } = {}) {
    const { type, title, status, detail, errors = [], allowed, requestId } = problem;
    const fields = errors.map((error) => ` ${error.pointer}: ${error.detail}`).join('');
    super(`${request} was answered ${status}: ${title}.${detail === undefined ? '' : ` ${detail}`}${fields}`);
    this.status = status;
    this.type = type;
    this.code = type.slice(type.lastIndexOf('/') + 1);
    this.title = title;
    this.detail = detail;
    this.errors = errors;
    this.allowed = allowed;
    this.requestId = requestId;
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer arrived: the network or the API is down, or too slow. Whether the request took effect is not known. */
export class ConnectionFailed extends Error {
  override readonly name = 'ConnectionFailed';
}

/** An operation that has not done what it was asked to, or that needs an operator. */
export class ProvisioningFailed extends Error {
  override readonly name = 'ProvisioningFailed';
  readonly failure: Operation['failure'];
  /** What could not be undone; an operator takes care of it. */
  readonly leftovers: Operation['leftovers'];

  constructor(
    readonly operation: Operation,
    /** Where to read more. */
    readonly links: { operation: string; tenant: string },
  ) {
    const { operationId, kind, status, failure, leftovers } = operation;
    const cause = failure ? ` in step ${failure.step}: ${failure.type}, ${failure.message}` : '';
    const left = leftovers.length === 0 ? '' : ` ${leftovers.length} resources are left over.`;
    super(`The operation ${operationId} (${kind}) is ${status}${cause}.${left} See ${links.operation}`);
    this.failure = failure;
    this.leftovers = leftovers;
  }
}

/** An operation that was still running when the time to wait for it was over. It goes on. */
export class StillRunning extends Error {
  override readonly name = 'StillRunning';

  constructor(
    readonly operationId: string,
    timeoutMs: number,
  ) {
    super(`The operation ${operationId} has not ended within ${timeoutMs / 1000} s. It goes on.`);
  }
}
