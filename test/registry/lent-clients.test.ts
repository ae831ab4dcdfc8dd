import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createRegistryPool, transaction } from '../../registry/database';

/** A message of PostgreSQL's protocol: a letter, the length, the content. */
function message(letter: string, content: Buffer | string): Buffer {
  const body = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(letter), length, body]);
}

const READY = message('Z', 'I');
const WELCOME = Buffer.concat([message('R', Buffer.alloc(4)), READY]);
const FAREWELL = message('E', 'SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0');

/** Answers a connection's first statement and ends in the same packet, as a server does that dies while its client is busy. */
function startDyingServer(): Server {
  return createServer((socket) => {
    socket.once('data', () => {
      socket.write(WELCOME);
      socket.once('data', () => socket.end(Buffer.concat([message('C', 'SELECT 0\0'), READY, FAREWELL])));
    });
  });
}

let server: Server;
beforeAll(async () => {
  server = startDyingServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test('the process survives a farewell of the server to a connection that was lent in the same moment', async () => {
  const { port } = server.address() as AddressInfo;
  const pool = createRegistryPool(`postgres://login:password@127.0.0.1:${port}/registry`, 1, 'test');
  const first = pool.query('select');
  // Waits for the only connection, and gets it when the first statement is answered.
  const second = transaction(pool, (client) => client.query('select'));
  await expect(first).resolves.toMatchObject({ rows: [] });
  await expect(second).rejects.toThrow('The registry does not answer.');
  await pool.end();
});
