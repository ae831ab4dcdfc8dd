import { createServer, type Server } from 'node:net';
import { freePort, isFree } from '../../../stack/processes/ports';

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

describe('free ports', () => {
  test('a server can listen on the returned port', async () => {
    const port = await freePort();
    const server = await listen(port);
    expect(await isFree(port)).toBe(false);
    await close(server);
    expect(await isFree(port)).toBe(true);
  });

  test('a hundred concurrent requests return a hundred different ports', async () => {
    const ports = await Promise.all(Array.from({ length: 100 }, () => freePort()));
    expect(new Set(ports).size).toBe(100);
  });

  test('the preferred port is returned while it is free, and another one when it is in use', async () => {
    const port = await freePort();
    const holder = await listen(port);
    expect(await freePort(port)).not.toBe(port);
    await close(holder);
  });
});
