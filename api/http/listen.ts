import { createServer, type Server, type ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

/** A server that is listening. */
export interface Listening {
  port: number;
  /** Stops accepting requests, lets those in progress finish for up to `drainMs`, then closes the remaining connections. */
  close(drainMs?: number): Promise<void>;
}

/** How long a client may take, and how often that is checked, in milliseconds. */
export type Patience = Required<
  Pick<ServerOptions, 'headersTimeout' | 'requestTimeout' | 'connectionsCheckingInterval'>
>;

const PATIENCE: Patience = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 };

const DRAIN_MS = 10_000;

/** Starts the server. Clients have limited time to send headers and the whole request, so that slow ones cannot occupy all connections. */
export async function listen(app: Express, host: string, port: number, patience = PATIENCE): Promise<Listening> {
  const server = createServer(patience, app);
  server.keepAliveTimeout = 65_000; // longer than a load balancer's usual idle time, so that the balancer closes first
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
  // A kept-alive connection becomes idle only after its current answer, so idle connections are closed repeatedly.
  const closingIdle = setInterval(() => server.closeIdleConnections(), 50);
  const deadline = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearInterval(closingIdle);
  clearTimeout(deadline);
}
