import { backoff, delay, retryAfterMs } from './backoff';
import { ApiError, ConnectionFailed } from './errors';
import { withDeadline } from './signals';
import type { Problem } from './types';

/** How to reach the API. */
export interface ConnectionOptions {
  /** Address of the API, without `/v1`. */
  baseUrl: string;
  /** An API token, or a function that gives the current one. */
  token?: string | (() => string | Promise<string>) | undefined;
  /** Sends the requests instead of the global `fetch`. */
  fetch?: ((request: Request) => Promise<Response>) | undefined;
  /** Milliseconds for one attempt of a request, including its body; 30 000 by default. Streams are not limited. */
  timeoutMs?: number | undefined;
  /** Milliseconds for which requests that are safe to repeat are repeated; 30 000 by default, 0 for never. */
  retryForMs?: number | undefined;
}

/** Sends requests with the caller's token. */
export interface Connection {
  readonly baseUrl: string;
  readonly timeoutMs: number;
  /** One attempt, whatever its status. Rejects with `ConnectionFailed` without an answer, or with the reason of the request's signal. */
  send(request: Request): Promise<Response>;
  /** Repeats the request while that is safe and promising. The answer may still be a problem. */
  sendSafely(request: Request): Promise<Response>;
}

const RETRIED_STATUSES = [429, 502, 503, 504];
const BACKOFF = { baseMs: 300, mostMs: 10_000 };

/** Connects to nothing yet. */
export function createConnection(options: ConnectionOptions): Connection {
  const { token, fetch: sendTo = (request: Request) => fetch(request) } = options;
  const { timeoutMs = 30_000, retryForMs = 30_000 } = options;

  async function send(request: Request): Promise<Response> {
    const value = typeof token === 'function' ? await token() : token;
    if (value !== undefined) request.headers.set('Authorization', `Bearer ${value}`);
    return orConnectionFailed(request, () => sendTo(request));
  }

  /** A connection that breaks within a JSON answer counts as none. Other answers may be large, and are left to the reader. */
  async function sendWhole(request: Request): Promise<Response> {
    const response = await send(request);
    if (!/[/+]json\b/.test(response.headers.get('content-type') ?? '')) return response;
    const { status, statusText, headers } = response;
    return new Response(await orConnectionFailed(request, () => response.text()), { status, statusText, headers });
  }

  async function sendSafely(request: Request): Promise<Response> {
    const deadline = Date.now() + (isSafe(request) ? retryForMs : 0);
    for (let failures = 0; ; failures++) {
      const signal = withDeadline(request.signal, timeoutMs);
      const attempt = await sendWhole(new Request(request.clone(), { signal })).catch((error: unknown) => {
        if (error instanceof ConnectionFailed) return error;
        throw error;
      });
      const hasFailed = attempt instanceof ConnectionFailed;
      if (!hasFailed && !RETRIED_STATUSES.includes(attempt.status)) return attempt;
      const waitMs = Math.max(backoff(failures, BACKOFF), hasFailed ? 0 : (retryAfterMs(attempt.headers) ?? 0));
      const isLate = Date.now() + waitMs > deadline;
      if (hasFailed && isLate) throw attempt;
      if (!hasFailed && isLate) return attempt;
      if (!hasFailed) await attempt.body?.cancel();
      await delay(waitMs, request.signal);
    }
  }

  return { baseUrl: options.baseUrl.replace(/\/+$/, ''), timeoutMs, send, sendSafely };
}

async function orConnectionFailed<T>(request: Request, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    // A time limit is a failed connection; any other reason is the caller's, who wants it back.
    if (request.signal.aborted && !isTimeout(request.signal.reason)) throw request.signal.reason;
    throw new ConnectionFailed(`${nameOf(request)} got no answer: ${reasonOf(error)}`, { cause: error });
  }
}

/** The error for an answer that is not a success. Texts of other servers than the API are left out. */
export async function problemOf(request: Request, response: Response): Promise<ApiError> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  const text = await response.text().catch(() => '');
  const sent = isProblem ? parseProblem(text) : undefined;
  const problem = sent ?? { type: 'about:blank', title: 'Not an answer of the API', status: response.status };
  return new ApiError(nameOf(request), problem, { retryAfterMs: retryAfterMs(response.headers) });
}

function parseProblem(text: string): Problem | undefined {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return undefined;
  }
}

/** Whether repeating the request cannot do more than sending it once. */
function isSafe({ method, headers }: Request): boolean {
  return method === 'GET' || method === 'HEAD' || headers.has('Idempotency-Key');
}

/** Without the query, which may name an organization. */
function nameOf({ method, url }: Request): string {
  return `${method} ${new URL(url).pathname}`;
}

function isTimeout(reason: unknown): boolean {
  return textIn(reason, 'name') === 'TimeoutError';
}

function reasonOf(error: unknown): string {
  if (isTimeout(error)) return 'it took too long';
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  return textIn(cause, 'code') ?? textIn(cause, 'message') ?? textIn(error, 'message') ?? 'unknown';
}

/** A text in an error, which need not be an `Error` of this realm. */
function textIn(error: unknown, field: 'code' | 'message' | 'name'): string | undefined {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined;
  return typeof value === 'string' ? value : undefined;
}
