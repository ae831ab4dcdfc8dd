import { tracedCall } from '../port/traced-call';

/** The part of an AWS SDK client that is wrapped here. */
interface SendingClient {
  send(command: never, ...rest: never[]): unknown;
}

/** Traces each request of a client as a call of `provider` that is named after its command: `PutObject` for `PutObjectCommand`. */
export function withTracedCalls<C extends SendingClient>(client: C, provider: string): C {
  const send = client.send.bind(client) as (command: object, ...rest: unknown[]) => Promise<unknown>;
  client.send = (command: object, ...rest: unknown[]) =>
    tracedCall({ provider, operation: command.constructor.name.replace(/Command$/, '') }, () => send(command, ...rest));
  return client;
}
