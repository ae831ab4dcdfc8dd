import { anySignal } from './any-signal';

/** A signal for one request: aborts with `signal`, or with a `TimeoutError` after `ms` milliseconds. */
export function requestSignal(signal: AbortSignal, ms: number): AbortSignal {
  const deadline = new AbortController();
  setTimeout(() => deadline.abort(new DOMException('No answer in time.', 'TimeoutError')), ms).unref();
  return anySignal([signal, deadline.signal]);
}
