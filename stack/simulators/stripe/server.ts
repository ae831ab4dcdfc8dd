import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type Request as HttpRequest, type Response } from 'express';
import { StripeError } from './requests/errors';
import { Deliveries } from './events/deliveries';
import { Faults } from './requests/faults';
import { InFlight } from './requests/idempotency';
import { addOwnPages } from './own-pages';
import { serve, type Answer, type Environment } from './pipeline';
import { ROUTES } from './routes';
import { forwardTo, type Forwarding } from './routes/webhook-endpoints';
import { Store } from './state/store';
import { Transaction } from './state/transaction';

/** Options of {@link startStripeServer}. */
export interface StripeServerOptions {
  /** Port to listen on; 0 chooses a free one. */
  port: number;
  /** Default `127.0.0.1`. */
  host?: string;
  /** File for the state. The effect log is written beside it. */
  stateFile: string;
  /** Base URL of a stripe-mock that checks every request first. */
  validate?: string | undefined;
  /** Current time in unix seconds, for tests that let trials end. */
  now?: () => number;
  /** Where events are sent from the start. */
  forward?: Forwarding | undefined;
  /** Milliseconds before each further attempt to deliver an event. */
  deliveryRetryMs?: readonly number[] | undefined;
}

/** A running server. */
export interface StripeServer {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** Stops the server and closes its connections. */
  close(): Promise<void>;
}

/** Starts a stateful simulator of the part of Stripe's API that this project uses. The official SDK works with it unchanged. */
export async function startStripeServer(options: StripeServerOptions): Promise<StripeServer> {
  const store = new Store(options.stateFile);
  const deliveries = new Deliveries(store, options.deliveryRetryMs);
  const environment: Environment = {
    store,
    faults: new Faults(),
    inFlight: new InFlight(),
    validate: options.validate,
    now: options.now ?? (() => Math.floor(Date.now() / 1000)),
  };
  if (options.forward !== undefined) {
    const tx = new Transaction(store, environment.now(), { method: 'START', path: '', idempotencyKey: null });
    forwardTo(tx, options.forward);
    tx.commit();
  }
  const host = options.host ?? '127.0.0.1';
  const server = createServer(application(environment, deliveries));
  // Longer than clients keep idle connections, so that none is closed while a request is being sent.
  server.keepAliveTimeout = 65_000;
  await listen(server, options.port, host);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        deliveries.close();
        server.close(() => {
          store.close();
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

interface WithRaw extends HttpRequest {
  raw?: Buffer;
}

function application(environment: Environment, deliveries: Deliveries): Express {
  const app = express().disable('x-powered-by').disable('etag').set('query parser', 'extended');
  const keep = (request: WithRaw, _response: unknown, buffer: Buffer) => (request.raw = buffer);
  app.use('/v1', express.urlencoded({ extended: true, limit: '1mb', verify: keep }));
  for (const route of ROUTES) {
    app[METHODS[route.method]](route.path, async (request: WithRaw, response: Response) => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const params = { ...(request.query as object), ...(request.body as object | undefined) };
      const { method, originalUrl: url, path, raw } = request;
      const ids = request.params as Record<string, string>;
      send(response, await serve(environment, route, { method, url, path, headers, ids, params, body: raw }));
    });
  }
  addOwnPages(app, environment, deliveries);
  app.use((request: HttpRequest, response: Response) => {
    const message = `Unrecognized request URL (${request.method}: ${request.path}). This local server has only what this project uses of Stripe.`;
    response.status(404).json(new StripeError(404, 'invalid_request_error', message).body());
  });
  return app;
}

const METHODS = { GET: 'get', POST: 'post', DELETE: 'delete' } as const;

function send(response: Response, answer: Answer): void {
  if (answer.mishap === 'silent') return;
  if (answer.mishap === 'cut') return void response.socket?.destroy();
  response.status(answer.status).set(answer.headers).send(answer.body);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => resolve());
  });
}
