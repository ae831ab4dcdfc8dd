import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PROVIDER_CALLS, type ProviderCall } from './provider-calls';

/** Longer than any client waits for an answer. */
const PATIENCE_MS = 14_000;

const servers: Server[] = [];
afterAll(() =>
  servers.forEach((server) => {
    server.closeAllConnections();
    server.close();
  }),
);

/** Leaves the tested request unanswered. Resolves with whether its connection was closed by the time its caller had given up. */
async function isClosed({ before, send }: ProviderCall): Promise<boolean> {
  let closed = false;
  const server = createServer((incoming, outgoing) => {
    void bodyOf(incoming).then((body) => {
      const { method = '', url: path = '', headers } = incoming;
      const answer = before({ method, path, headers, body });
      if (answer === undefined) incoming.socket.once('close', () => (closed = true));
      else if (answer !== 'break')
        outgoing
          .writeHead(answer.status, { 'content-type': answer.contentType ?? 'application/json', ...answer.headers })
          .end(answer.body ?? '');
    });
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).catch(() => undefined);
  // The kernel reports the close a moment later.
  for (let left = 20; !closed && left > 0; left--) await new Promise((resolve) => setTimeout(resolve, 50));
  return closed;
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  return Buffer.concat((await incoming.toArray()) as Buffer[]).toString();
}

test('an unanswered request’s connection is closed, whatever the request was', async () => {
  const open: string[] = [];
  const started = Date.now();
  await Promise.all(
    PROVIDER_CALLS.map(async (call) => {
      if (!(await isClosed(call)) || Date.now() - started > PATIENCE_MS) open.push(call.name);
    }),
  );
  expect(open).toEqual([]);
}, 40_000);
