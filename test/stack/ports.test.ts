import { createServer, type Server } from 'node:net';
import { freePort, isFree } from '../../stack/ports';

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

describe('free ports', () => {
  test('a server can listen on the port it is given', async () => {
    const port = await freePort();
    const server = await listen(port);
    expect(await isFree(port)).toBe(false);
    await close(server);
    expect(await isFree(port)).toBe(true);
  });

  test('a hundred asked for at once are a hundred different ones', async () => {
    const ports = await Promise.all(Array.from({ length: 100 }, () => freePort()));
    expect(new Set(ports).size).toBe(100);
  });

  test('the preferred port is given while it is free, another one when somebody listens on it', async () => {
    const port = await freePort();
    const holder = await listen(port);
    expect(await freePort(port)).not.toBe(port);
    await close(holder);
  });
});
