/**
 * A signal for one request: aborts with `signal`, or with a `TimeoutError` once `ms` have passed. Not `AbortSignal.any` with an
 * `AbortSignal.timeout`: Node forgets such a timeout when it collects garbage (https://github.com/nodejs/node/issues/57736), and the request
 * waits for ever. This one is held by its timer.
 */
export function requestSignal(signal: AbortSignal, ms: number): AbortSignal {
  const deadline = new AbortController();
  setTimeout(() => deadline.abort(new DOMException('No answer in time.', 'TimeoutError')), ms).unref();
  return AbortSignal.any([signal, deadline.signal]);
}
