import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer that was written beforehand; `break` ends the connection once the request has been received. */
export type CannedAnswer =
  { status: number; body?: string; contentType?: string; headers?: Record<string, string> } | 'break';

/** A request as a provider would see it. */
export interface Received {
  method: string;
  /** Path and query. */
  path: string;
  body: string;
  headers: IncomingMessage['headers'];
}

/** A provider that answers by a script. */
export interface CannedServer {
  url: string;
  /** Every request so far. */
  received: Received[];
  /** What it answers from now on. */
  script: (request: Received) => CannedAnswer;
  close(): Promise<void>;
}

/** Starts one on a free port of loopback; it answers 500 until it has a script. */
export async function startCannedServer(): Promise<CannedServer> {
  const received: Received[] = [];
  const server = createServer((incoming, outgoing) => {
    void incoming.toArray().then((chunks: Buffer[]) => {
      const { method = '', url: path = '', headers } = incoming;
      const request = { method, path, headers, body: Buffer.concat(chunks).toString() };
      received.push(request);
      const answer = canned.script(request);
      if (answer === 'break') return incoming.socket.destroy();
      const type = answer.contentType === undefined ? {} : { 'content-type': answer.contentType };
      outgoing.writeHead(answer.status, { ...type, ...answer.headers }).end(answer.body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const canned: CannedServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    script: () => ({ status: 500 }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return canned;
}
