import { connect } from 'node:net';
import request from 'supertest';
import { createApp } from '../../../api/app';
import { listen } from '../../../api/http/listen';
import { PROBLEMS } from '../../../api/http/problem-types';
import { createRegistryPool } from '../../../registry/database';
import { expectProblem, order, startApiHarness, type ApiHarness, type Client } from '../../helpers/api';
import { placeOrder } from '../../helpers/tenants/operations';
import { hasPostgres } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the HTTP protocol: not run, this machine has no PostgreSQL');

suite('HTTP', () => {
  let api: ApiHarness;
  let orderer: Client;

  beforeAll(async () => {
    api = await startApiHarness();
    orderer = await api.as(['tenants:order']);
  });
  afterAll(() => api.stop());

  test('every path answers other methods with 405 and the list of its own', async () => {
    for (const path of new Set(api.routes.map((route) => route.path))) {
      const concrete = path
        .replace('{operationId}', 'op_aaaaaaaaaaaaaaaaaaaa')
        .replace('{tenantId}', 'aaaaaaaaaaaaaaaa')
        .replace('{plan}', 'starter');
      const methods = api.routes.filter((route) => route.path === path).map(({ method }) => method.toUpperCase());
      // No route uses this method.
      const response = await request(api.app).lock(concrete);
      expectProblem(response, 'method-not-allowed');
      expect(response.headers['allow']?.split(', ')).toEqual(expect.arrayContaining(methods));
      const options = await request(api.app).options(concrete);
      expect([path, options.status, options.headers['allow']]).toEqual([path, 204, response.headers['allow']]);
    }
  });

  test.each([
    '/v2/tenants',
    '/v1/tenants/x/y/z',
    '/.env',
    '/v1/tenants/aaaaaaaaaaaaaaaa/credentials',
    '/assets/../app.ts',
    '/assets/swagger/package.json',
  ])('the path %s is not found', async (path) => {
    expectProblem(await orderer.get(path), 'not-found');
  });

  test('a path that cannot be decoded is refused', async () => {
    expectProblem(await orderer.get('/v1/operations/%E0%A4%A'), 'malformed-request');
  });

  test('routes without query parameters refuse every parameter', async () => {
    const problem = expectProblem(await orderer.post('/v1/tenants?dryRun=true', order()), 'invalid-parameter');
    expect(problem.errors?.[0]?.pointer).toBe('/dryRun');
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json-patch+json', 'multipart/form-data'])(
    'a body of type %s is refused',
    async (type) => {
      const response = await orderer.post('/v1/tenants').set('content-type', type).send('x=1');
      expectProblem(response, 'unsupported-media-type');
    },
  );

  test('a compressed body, or one in another character set, is refused', async () => {
    const gzip = orderer.post('/v1/tenants').set('content-type', 'application/json').set('content-encoding', 'gzip');
    expectProblem(await gzip.send('{}'), 'unsupported-media-type');
    const latin = orderer.post('/v1/tenants').set('content-type', 'application/json; charset=iso-8859-1');
    expectProblem(await latin.send('{}'), 'unsupported-media-type');
  });

  test('answers carry a request id, the caller’s own if it is harmless', async () => {
    const named = await request(api.app).get('/healthz').set('x-request-id', 'order-4711');
    expect(named.headers['x-request-id']).toBe('order-4711');
    const hostile = await request(api.app).get('/healthz').set('x-request-id', '${jndi:ldap://x}');
    expect(hostile.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('security headers are set, and no header reveals the server software', async () => {
    const { headers } = await orderer.get('/v1/operations');
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test('the log has route, status and caller, but no request content', async () => {
    const { operationId } = await placeOrder(orderer);
    await orderer.get(`/v1/operations/${operationId}?secret=canary-in-query`);
    await orderer.get('/v1/grace@harbour.example');
    const log = api.log.join('');
    expect(log).toMatch(/"method":"POST","route":"\/v1\/tenants","status":202,.*"caller":"token:tenants-order"/);
    expect(log).not.toMatch(/grace|Harbour|tp_|Bearer|canary-in-query|user-agent|127\.0\.0\.1/);
  });

  test('a registry outage is answered with 503 and Retry-After', async () => {
    const pool = createRegistryPool('postgres://nobody@127.0.0.1:1/none', 1, 'test');
    const app = createApp({ ...api.dependencies, pool });
    const response = await request(app)
      .get('/v1/tenants')
      .auth(await api.token(['tenants:read']), { type: 'bearer' });
    expectProblem(response, 'registry-unavailable');
    expect(response.headers['retry-after']).toBe('5');
    await pool.end();
  });

  test.each(['ECONNREFUSED', '57P01', '53300', '08006'])('the database error %s is answered with 503', async (code) => {
    const spy = jest.spyOn(api.registry.pool, 'query').mockImplementation(() => {
      throw Object.assign(new Error('password authentication failed for user grace'), { code });
    });
    try {
      const response = await orderer.get('/v1/operations');
      const problem = expectProblem(response, 'registry-unavailable');
      expect(response.headers['retry-after']).toBe('5');
      expect(JSON.stringify(problem)).not.toContain('grace');
    } finally {
      spy.mockRestore();
    }
  });

  test('every problem has a page', async () => {
    for (const type of Object.keys(PROBLEMS)) {
      const { status, text, type: media } = await request(api.app).get(`/problems/${type}`);
      expect({ status, media }).toEqual({ status: 200, media: 'text/html' });
      expect(text).toContain(type);
    }
    expectProblem(await request(api.app).get('/problems/constructor'), 'not-found');
  });

  test('a client that sends its headers too slowly is disconnected', async () => {
    const patience = { headersTimeout: 500, requestTimeout: 1_000, connectionsCheckingInterval: 200 };
    const server = await listen(api.app, '127.0.0.1', 0, patience);
    try {
      const ended = await new Promise<number>((resolve, reject) => {
        const began = Date.now();
        const socket = connect(server.port, '127.0.0.1');
        const drip = setInterval(() => socket.write('x'), 100);
        socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ');
        socket.on('error', reject).on('close', () => {
          clearInterval(drip);
          resolve(Date.now() - began);
        });
        socket.resume();
      });
      expect(ended).toBeLessThan(20_000);
    } finally {
      await server.close(1_000);
    }
  });

  test('a stopping server finishes open requests', async () => {
    const server = await listen(api.app, '127.0.0.1', 0);
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const spy = jest.spyOn(api.dependencies.readiness, 'temporal').mockImplementation(() => held);
    const answer = fetch(`http://127.0.0.1:${server.port}/readyz`);
    while (spy.mock.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const closed = server.close();
    release();
    expect((await answer).status).toBe(200);
    await closed;
    spy.mockRestore();
    await expect(fetch(`http://127.0.0.1:${server.port}/healthz`)).rejects.toThrow();
  });
});

suite('exceeding the rate limit', () => {
  test('is answered with 429 for that caller only, and probes are never limited', async () => {
    const api = await startApiHarness({ rateLimit: { perMinute: 5 } });
    try {
      const busy = await api.as(['tenants:read']);
      for (let n = 0; n < 5; n++) expect((await busy.get('/v1/tenants')).status).toBe(200);
      const response = await busy.get('/v1/tenants');
      expectProblem(response, 'too-many-requests');
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
      expect(response.headers['ratelimit']).toContain('"caller"; r=0');
      expect((await (await api.as(await api.token(['tenants:read'], 'calm'))).get('/v1/tenants')).status).toBe(200);
      expect((await request(api.app).get('/healthz')).status).toBe(200);
    } finally {
      await api.stop();
    }
  });

  test('is checked by address for guessed tokens, before any database query', async () => {
    const api = await startApiHarness({ rateLimit: { perMinute: 1 } });
    try {
      const query = jest.spyOn(api.registry.pool, 'query');
      const guess = (n: number) =>
        request(api.app)
          .get('/v1/tenants')
          .auth(`tp_0000000${n % 10}_${'x'.repeat(43)}`, { type: 'bearer' });
      for (let n = 0; n < 10; n++) await guess(n);
      const asked = query.mock.calls.length;
      expectProblem(await guess(0), 'too-many-requests');
      expect(query.mock.calls.length).toBe(asked);
    } finally {
      await api.stop();
    }
  });
});
