import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { startLine, type CuttableLine } from '../helpers/providers/cuttable-line';
import { startFaultProxy, type Exchange, type FaultProxy } from '../helpers/providers/fault-proxy';

describe('a fault proxy', () => {
  let provider: Server;
  let proxy: FaultProxy;
  let done: string[];
  let seen: Exchange[];

  beforeEach(async () => {
    done = [];
    seen = [];
    provider = createServer((request, response) => {
      done.push(request.url!);
      response.writeHead(201).end('made');
    });
    await once(provider.listen(0, '127.0.0.1'), 'listening');
    const target = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    proxy = await startFaultProxy(target, { observe: (exchange) => void seen.push(exchange) });
  });
  afterEach(async () => {
    await proxy.close();
    await new Promise((resolve) => provider.close(resolve));
  });

  const post = (path: string, ms = 5_000): Promise<Response> =>
    fetch(`${proxy.url}${path}`, { method: 'POST', signal: AbortSignal.timeout(ms) });

  test('gives the caller a different answer from the provider’s, and records the real one', async () => {
    proxy.add({ path: /a/, does: { status: 500, afterEffect: true }, times: 1 });
    proxy.add({ path: /b/, does: { status: 429, headers: { 'retry-after': '3' } }, times: 1 });
    expect((await post('/a')).status).toBe(500);
    const throttled = await post('/b');
    expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '3']);
    expect(await (await post('/a')).text()).toBe('made');
    expect(done).toEqual(['/a', '/a']);
    expect(seen.map(({ path, answer }) => [path, answer?.status])).toEqual([
      ['/a', 201],
      ['/b', undefined],
      ['/a', 201],
    ]);
  });

  test('lets a late request arrive although its caller has given up, but not a held one', async () => {
    const late = proxy.add({ path: /late/, does: { of: 'request', ms: 300 }, times: 1 });
    const held = proxy.add({ path: /held/, does: 'hold', times: 1 });
    await Promise.allSettled([post('/late', 100), post('/held', 100)]);
    await Promise.all([late.hit, held.hit]);
    held.release();
    await until(() => seen.length === 2);
    expect(done).toEqual(['/late']);
  });

  test('delivers a request a second time, whose answer nobody gets', async () => {
    proxy.add({ path: /x/, does: { againAfterMs: 50 }, times: 1 });
    expect(await (await post('/x')).text()).toBe('made');
    await until(() => done.length === 2);
    expect(done).toEqual(['/x', '/x']);
  });

  test('withholds an answer until it is released', async () => {
    const rule = proxy.add({ path: /x/, does: 'withhold', times: 1 });
    const answer = post('/x');
    await until(() => seen.length === 1);
    expect(done).toEqual(['/x']);
    rule.release();
    expect((await answer).status).toBe(201);
  });
});

describe('a line', () => {
  let server: ReturnType<typeof createTcpServer>;
  let line: CuttableLine;
  let heard: string;
  const clients: Socket[] = [];

  beforeEach(async () => {
    heard = '';
    server = createTcpServer((socket) => {
      socket.on('data', (chunk) => {
        heard += chunk.toString();
        socket.write('ok');
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    line = await startLine(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await line.close();
    await new Promise((resolve) => server.close(resolve));
  });

  const dial = (): Socket => {
    const client = connect(Number(line.address.split(':')[1]), '127.0.0.1');
    clients.push(client.on('error', () => undefined));
    return client;
  };

  test('loses the answer to one message, which the server has received; a rule may wait for a later message', async () => {
    const rule = line.add({ sends: /insert/, then: /commit/, does: 'lose', times: 1 });
    const client = dial();
    for (const message of ['begin;', 'insert;']) {
      client.write(message);
      await once(client, 'data');
    }
    expect(rule.met).toBe(0);
    client.write('commit;');
    await closed(client);
    expect([heard, rule.met]).toEqual(['begin;insert;commit;', 1]);
  });

  test('carries nothing upstream while it is paused, and drops what arrives meanwhile', async () => {
    const client = dial();
    client.write('one;');
    await once(client, 'data');
    line.pause('up');
    client.write('two;');
    await new Promise((resolve) => setImmediate(resolve));
    line.mend();
    await closed(client);
    expect(heard).toBe('one;');
  });
});

function closed(client: Socket): Promise<void> {
  return new Promise((resolve) => client.once('close', () => resolve()));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
