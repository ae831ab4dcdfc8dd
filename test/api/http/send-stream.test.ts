import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { sendStream, type LiveBody } from '../../../api/http/send-stream';
import { eventually } from '../../stack/eventually';

const KILOBYTE = 'x'.repeat(1_023) + '\n';

let server: Server;
let outcome: Promise<void>;

async function serve(body: LiveBody, stallMs: number): Promise<number> {
  const app = express();
  app.get('/', (_request, response) => {
    outcome = sendStream(response, body, stallMs);
    return outcome;
  });
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

/** Opens the stream without reading it. */
function open(port: number, method = 'GET'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ port, method, host: '127.0.0.1', agent: false }, resolve).on('error', reject);
  });
}

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('a client that does not read costs a bounded number of chunks, and is cut off', async () => {
  let made = 0;
  let ended = false;
  const port = await serve(async function* (signal) {
    try {
      for (; !signal.aborted; made++) yield KILOBYTE;
    } finally {
      ended = true;
    }
  }, 300);
  const response = await open(port);
  await eventually(() => ended);
  await outcome;
  // What the operating system holds for both sockets is the client's; this process holds at most a few chunks of it.
  const before = made;
  expect(before).toBeLessThan(50_000);
  response.on('error', () => {});
  await eventually(() => {
    response.resume();
    return response.destroyed || response.readableEnded;
  });
  expect(made).toBe(before);
});

test('a client that pauses gets the rest when it reads on', async () => {
  const chunks = 20_000;
  const port = await serve(async function* () {
    for (let made = 0; made < chunks; made++) yield KILOBYTE;
  }, 20_000);
  const response = await open(port);
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes % 7 !== 0) return;
    response.pause();
    setImmediate(() => response.resume());
  });
  await new Promise((resolve) => response.once('end', resolve));
  expect(bytes).toBe(chunks * KILOBYTE.length);
});

test('the source ends when the client goes away', async () => {
  let ended = false;
  const port = await serve(async function* (signal) {
    try {
      yield KILOBYTE;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    } finally {
      ended = true;
    }
  }, 20_000);
  (await open(port)).destroy();
  await eventually(() => ended);
});

test('a HEAD request gets the headers and no stream', async () => {
  let made = 0;
  const port = await serve(async function* (signal) {
    for (; !signal.aborted; made++) yield KILOBYTE;
  }, 20_000);
  const response = await open(port, 'HEAD');
  response.resume();
  await new Promise((resolve) => response.once('end', resolve));
  await outcome;
  expect(made).toBeLessThan(2);
});
