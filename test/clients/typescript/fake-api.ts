import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Event, Operation, OperationStatus } from '../../../clients/typescript/src/index';

/** A request that a {@link FakeApi} has got. */
export interface Asked {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A server on loopback that behaves like the API, or like a bad network in front of it. */
export interface FakeApi {
  url: string;
  asked: Asked[];
  /** How it answers from now on. */
  serve: (asked: Asked, response: ServerResponse) => void;
  /** Refuses connections and breaks those that are open. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one on a free port. */
export async function startFakeApi(): Promise<FakeApi> {
  const server = createServer((request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      const { method = '', url: path = '', headers } = request;
      const asked = { method, path, headers, body: Buffer.concat(chunks).toString() };
      fake.asked.push(asked);
      fake.serve(asked, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const goDown = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const fake: FakeApi = {
    url: `http://127.0.0.1:${port}`,
    asked: [],
    serve: (_asked, response) => response.writeHead(500).end(),
    goDown,
    comeBack: async () => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    stop: async () => {
      if (server.listening) await goDown();
    },
  };
  return fake;
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: object, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Answers with a problem document. */
export function sendProblem(
  response: ServerResponse,
  status: number,
  code: string,
  { headers = {}, ...more }: { headers?: object; detail?: string; requestId?: string; errors?: object[] } = {},
): void {
  const body = { type: `https://api.example/problems/${code}`, title: `Title of ${code}`, status, ...more };
  sendJson(response, status, body, { 'content-type': 'application/problem+json', ...headers });
}

/** Begins a stream whose client comes back quickly. */
export function beginStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 20\n\n');
}

/** An event as the stream carries it. */
export function frameOf(event: Event): string {
  return `id: ${event.sequence}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** An event of the operation `op_1`. */
export function stepEvent(sequence: number): Event {
  const data = { step: 'database', state: 'done' };
  return { sequence, at: '2026-01-31T12:00:00.000Z', type: 'step.state', operationId: 'op_1', data };
}

/** The operation `op_1` has moved to this status. */
export function statusEvent(sequence: number, status: OperationStatus): Event {
  return { ...stepEvent(sequence), type: 'operation.status', data: { status } };
}

/** The operation `op_1` in this status. */
export function operation(status: OperationStatus, more: Partial<Operation> = {}): Operation {
  return {
    operationId: 'op_1',
    tenantId: 'tenant1',
    kind: 'provision',
    status,
    plan: 'starter',
    requestedBy: 'token:signup',
    createdAt: '2026-01-31T12:00:00.000Z',
    updatedAt: '2026-01-31T12:00:00.000Z',
    steps: [],
    approval: { state: 'not_required', required: [] },
    completed: 0,
    total: 10,
    leftovers: [],
    verbs: [],
    result: {
      tenantId: 'tenant1',
      status: status === 'active' ? 'success' : 'pending',
      resources: { database: [], storage: [], compute: [] },
    },
    ...more,
  };
}

/** Where a stream is asked to begin. */
export function positionOf({ headers, path }: Asked): number {
  return Number(headers['last-event-id'] ?? new URL(path, 'http://fake').searchParams.get('after') ?? 0);
}

/** Everything an iteration gives. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
