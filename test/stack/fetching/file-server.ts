import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file server in the place of the hosts of official releases. */
export interface FileServer {
  /** For STACK_RELEASE_MIRROR. */
  url: string;
  /** Paths of the requests so far. */
  requests: string[];
  /** What a path answers: the bytes of a file, or a way to misbehave. Other paths answer 404. */
  answers: Map<string, Buffer | ((response: ServerResponse) => void)>;
  close(): Promise<void>;
}

/** Starts a file server on a free loopback port. */
export async function startFileServer(): Promise<FileServer> {
  const requests: string[] = [];
  const answers: FileServer['answers'] = new Map();
  const server = createServer(({ url = '' }, response) => {
    requests.push(url);
    const answer = answers.get(url);
    if (typeof answer === 'function') answer(response);
    else response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answers,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
