import { setMaxListeners } from 'node:events';

/**
 * A signal that aborts with this one and takes any number of listeners. The SDK adds two for each request; several requests at once on the
 * activity's own signal would make Node warn of a leak that is none.
 */
export function ownSignal(signal: AbortSignal): AbortSignal {
  const own = AbortSignal.any([signal]);
  setMaxListeners(0, own);
  return own;
}
