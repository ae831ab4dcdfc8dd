import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request that a {@link Receiver} has got. */
export interface Received {
  at: number;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** How a receiver answers: with a status, or as the function does. */
export type Behaviour = number | ((response: ServerResponse, request: IncomingMessage) => void);

/** An HTTP server that receives webhooks. */
export interface Receiver {
  url: string;
  received: Received[];
  /** How it answers from now on. */
  behave(behaviour: Behaviour): void;
  stop(): Promise<void>;
}

/** Starts a receiver on a loopback address; it answers 204 at first. */
export async function startReceiver(address = '127.0.0.1', port = 0): Promise<Receiver> {
  let behaviour: Behaviour = 204;
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ at: Date.now(), path: request.url ?? '', headers: request.headers, body });
      if (typeof behaviour === 'number') response.writeHead(behaviour).end();
      else behaviour(response, request);
    });
  });
  server.listen(port, address);
  await once(server, 'listening');
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}/hook`,
    received,
    behave: (next) => void (behaviour = next),
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
