import { createServer, type Server, type ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

/** A server that listens. */
export interface Listening {
  port: number;
  /** Takes no more requests, lets those under way finish for up to `drainMs`, then closes what is left. */
  close(drainMs?: number): Promise<void>;
}

/** Milliseconds a client has, and how often that is looked at. */
export type Patience = Required<
  Pick<ServerOptions, 'headersTimeout' | 'requestTimeout' | 'connectionsCheckingInterval'>
>;

const PATIENCE: Patience = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 };

const DRAIN_MS = 10_000;

/** Listens. A client has limited time for its headers and its whole request, so that slow ones cannot hold all connections. */
export async function listen(app: Express, host: string, port: number, patience = PATIENCE): Promise<Listening> {
  const server = createServer(patience, app);
  server.keepAliveTimeout = 65_000; // longer than the usual idle time of a load balancer, so that it closes first
  server.maxRequestsPerSocket = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: (drainMs = DRAIN_MS) => drain(server, drainMs),
  };
}

async function drain(server: Server, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that is kept alive becomes idle only after its last answer.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const late = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}
