/**
 * A signal that aborts with `signal`, or with a `TimeoutError` after `ms` milliseconds. The timer keeps its controller alive; Node may
 * garbage-collect an `AbortSignal.timeout` that only `AbortSignal.any` knows, and the request would then wait for ever
 * (https://github.com/nodejs/node/issues/57736).
 */
export function withDeadline(signal: AbortSignal, ms: number): AbortSignal {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(new DOMException('It took too long.', 'TimeoutError')), ms);
  // A process that has nothing else to do does not wait for it. Browsers' timers are numbers.
  if (typeof timer === 'object') timer.unref();
  return AbortSignal.any([signal, deadline.signal]);
}
