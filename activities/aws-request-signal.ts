/** A client of the AWS SDK, as far as it is changed here. */
interface Sends {
  send(command: never, options?: never): unknown;
}

interface SendOptions {
  abortSignal?: AbortSignal;
}

/**
 * Gives every request of a client a signal of its own that aborts with the caller's. The SDK adds two listeners to the signal for as long as
 * a request lasts; six requests at once on an activity's signal would make Node warn of a leak that is none.
 */
export function withRequestSignals<C extends Sends>(client: C): C {
  const send = client.send.bind(client) as (command: unknown, options?: SendOptions, ...rest: unknown[]) => unknown;
  client.send = (command: unknown, options?: SendOptions, ...rest: unknown[]) =>
    send(
      command,
      options?.abortSignal ? { ...options, abortSignal: AbortSignal.any([options.abortSignal]) } : options,
      ...rest,
    );
  return client;
}
