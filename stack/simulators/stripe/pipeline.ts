import { checkKey, versionOf } from './requests/auth';
import { catchUp } from './billing/lifecycle';
import { StripeError } from './requests/errors';
import { expandPaths } from './expand';
import type { Fault, Faults } from './requests/faults';
import type { InFlight } from './requests/idempotency';
import { fingerprint, storedAnswer } from './requests/idempotency';
import { newId } from './state/ids';
import { parse } from './requests/params';
import type { Route } from './requests/request';
import type { Store } from './state/store';
import { Transaction } from './state/transaction';
import { validateWith, type RawRequest } from './requests/validation';

/** State and settings shared by all requests. */
export interface Environment {
  store: Store;
  faults: Faults;
  inFlight: InFlight;
  /** Base URL of a stripe-mock that checks every request. */
  validate?: string | undefined;
  /** Unix seconds. */
  now: () => number;
}

/** An answer ready to be sent. `mishap` is a fault on its way back to the client. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
  mishap?: 'cut' | 'silent';
}

/** A request together with its decoded parameters. */
export interface Request extends RawRequest {
  path: string;
  ids: Record<string, string>;
  params: Record<string, unknown>;
}

/** Serves one request: authenticates, validates, handles idempotency, executes, and commits once. Never throws. */
export async function serve(environment: Environment, route: Route, request: Request): Promise<Answer> {
  const requestId = newId('req', 14);
  const headers: Record<string, string> = { 'request-id': requestId, 'content-type': 'application/json' };
  const key = route.method === 'POST' ? request.headers['idempotency-key'] : undefined;
  if (key !== undefined) headers['idempotency-key'] = key;
  try {
    checkKey(request.headers['authorization']);
    headers['stripe-version'] = versionOf(request.headers['stripe-version']);
    const answer = await environment.inFlight.exclusively(key, () => once(environment, route, request, key, requestId));
    return { ...answer, headers: { ...headers, ...answer.headers } };
  } catch (thrown) {
    return { ...failed(thrown, requestId), headers };
  }
}

async function once(
  environment: Environment,
  route: Route,
  request: Request,
  key: string | undefined,
  requestId: string,
): Promise<Answer> {
  const { store, faults, validate } = environment;
  const now = environment.now();
  const print = fingerprint(route.method, request.path, request.params);
  const stored = key === undefined ? undefined : storedAnswer(store, key, print, now);
  if (stored !== undefined) {
    return {
      status: stored.status,
      body: stored.body,
      headers: { 'idempotent-replayed': 'true', 'original-request': stored.requestId },
    };
  }
  const fault = faults.take(route.method, request.path);
  if (fault === 'throttle')
    throw new StripeError(429, 'invalid_request_error', 'Too many requests in a short time (on request of a test).', {
      code: 'rate_limit',
    });
  if (validate !== undefined) await validateWith(validate, request);
  const params = parse(route.params, request.params);
  const clock = new Transaction(store, now, { method: 'CLOCK', path: '', idempotencyKey: null });
  catchUp(clock);
  clock.commit();
  const origin = { method: route.method, path: request.path, idempotencyKey: key ?? null };
  const executed =
    fault === 'refuse'
      ? { answer: broken(requestId), tx: undefined }
      : execute(store, now, origin, route, request, params, requestId);
  const answer = fault === 'lose' ? broken(requestId) : executed.answer;
  const record =
    key === undefined
      ? undefined
      : { key, fingerprint: print, at: now, status: answer.status, body: answer.body, requestId };
  (executed.tx ?? new Transaction(store, now, origin)).commit(record);
  return fault === 'cut' || fault === 'hang' ? { ...answer, mishap: MISHAP[fault] } : answer;
}

const MISHAP = { cut: 'cut', hang: 'silent' } as const satisfies Partial<Record<Fault['kind'], Answer['mishap']>>;

function execute(
  store: Store,
  now: number,
  origin: ConstructorParameters<typeof Transaction>[2],
  route: Route,
  request: Request,
  params: Record<string, unknown>,
  requestId: string,
): { answer: Answer; tx: Transaction | undefined } {
  const tx = new Transaction(store, now, origin);
  const { expand, ...rest } = params;
  try {
    const result = structuredClone(route.handle({ tx, params: rest, ids: request.ids, url: request.path }));
    expandPaths(tx, result, expand as string[] | undefined);
    return { answer: { status: 200, headers: {}, body: JSON.stringify(result, undefined, 2) }, tx };
  } catch (thrown) {
    if (thrown instanceof StripeError && !thrown.executed) throw thrown;
    const keeps = thrown instanceof StripeError && thrown.keepsChanges;
    return { answer: failed(thrown, requestId), tx: keeps ? tx : undefined };
  }
}

function broken(requestId: string): Answer {
  return failed(new StripeError(500, 'api_error', 'An unknown error occurred (on request of a test).'), requestId);
}

function failed(thrown: unknown, requestId: string): Answer {
  const known = thrown instanceof StripeError;
  if (!known) process.stderr.write(`${requestId}: ${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
  const error = known ? thrown : new StripeError(500, 'api_error', 'Bug in this local server; see its log.');
  // As Stripe does, tells clients not to retry, because a repeat would only get the stored answer.
  const headers: Record<string, string> = error.status >= 500 ? { 'stripe-should-retry': 'false' } : {};
  return { status: error.status, headers, body: JSON.stringify(error.body(), undefined, 2) };
}
