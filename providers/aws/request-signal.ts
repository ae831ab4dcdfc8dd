import { anySignal } from '../port/any-signal';

/** The part of an AWS SDK client that is wrapped here. */
interface SendingClient {
  send(command: never, options?: never): unknown;
}

interface SendOptions {
  abortSignal?: AbortSignal;
}

/**
 * Gives each request of a client its own signal, which aborts with the caller's. The SDK keeps two listeners on the signal while a request
 * runs, so six concurrent requests on an activity's signal would make Node warn of a leak that does not exist.
 */
export function withRequestSignals<C extends SendingClient>(client: C): C {
  const send = client.send.bind(client) as (command: unknown, options?: SendOptions, ...rest: unknown[]) => unknown;
  client.send = (command: unknown, options?: SendOptions, ...rest: unknown[]) =>
    send(
      command,
      options?.abortSignal ? { ...options, abortSignal: anySignal([options.abortSignal]) } : options,
      ...rest,
    );
  return client;
}
