/**
 * A signal for one request: aborts with `signal`, or with a `TimeoutError` after `ms` milliseconds. `AbortSignal.timeout` is avoided: Node
 * may garbage-collect one that is passed to `AbortSignal.any` (https://github.com/nodejs/node/issues/57736), and the request would then
 * wait for ever. Here the timer keeps the controller alive.
 */
export function requestSignal(signal: AbortSignal, ms: number): AbortSignal {
  const deadline = new AbortController();
  setTimeout(() => deadline.abort(new DOMException('No answer in time.', 'TimeoutError')), ms).unref();
  return AbortSignal.any([signal, deadline.signal]);
}
