/** What each combined signal follows: Node itself holds these signals weakly. */
const followed = new WeakMap<AbortSignal, readonly AbortSignal[]>();

/**
 * A signal that aborts with the first of these. In contrast to `AbortSignal.any`, it keeps them: Node may garbage-collect a signal of
 * `AbortSignal.timeout` that nothing else refers to, and a request would then wait for ever (https://github.com/nodejs/node/issues/57736).
 */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  // eslint-disable-next-line no-restricted-syntax -- It is kept below.
  const signal = AbortSignal.any([...signals]);
  followed.set(signal, signals);
  return signal;
}
