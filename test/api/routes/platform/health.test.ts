import request from 'supertest';
import { version } from '../../../../package.json';
import { startApiHarness, type ApiHarness } from '../../../helpers/api';
import { placeOrder, putInState } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('health over HTTP: not run, this machine has no PostgreSQL');

suite('probes and metrics', () => {
  let api: ApiHarness;

  beforeAll(async () => {
    api = await startApiHarness();
  });
  afterAll(() => api.stop());

  test('liveness is 200 whatever else is down', async () => {
    api.runs.down = true;
    expect((await request(api.app).get('/healthz')).body).toEqual({ status: 'ok', version });
    api.runs.down = false;
  });

  test('readiness names each dependency and its response time', async () => {
    const up = { status: 'up', ms: expect.any(Number) as number };
    const ready = await request(api.app).get('/readyz');
    expect([ready.status, ready.body]).toEqual([200, { status: 'ready', checks: { registry: up, temporal: up } }]);
    api.runs.down = true;
    const down = await request(api.app).get('/readyz');
    expect([down.status, down.body]).toEqual([
      503,
      { status: 'not-ready', checks: { registry: up, temporal: { ...up, status: 'down' } } },
    ]);
    api.runs.down = false;
  });

  test('a dependency that does not answer counts as down after three seconds', async () => {
    const hanging = await startApiHarness({ readiness: { slow: () => new Promise<void>(() => {}) } });
    try {
      expect((await request(hanging.app).get('/readyz')).body).toMatchObject({ checks: { slow: { status: 'down' } } });
    } finally {
      await hanging.stop();
    }
  });

  test('metrics show requests by route, open operations by status and the relay’s backlog', async () => {
    const orderer = await api.as(['tenants:order']);
    await putInState(api, await placeOrder(orderer), 'on_hold');
    api.runs.down = true;
    await placeOrder(orderer);
    api.runs.down = false;
    const text = await api.scrape();
    expect(text).toMatch(
      /provisioner_http_request_duration_seconds_count\{method="POST",route="\/v1\/tenants",status="202"\} 2/,
    );
    expect(text).toContain('provisioner_operations{kind="provision",status="on_hold"} 1');
    expect(text).toContain('provisioner_operations{kind="provision",status="compensating"} 0');
    expect(text).toContain('provisioner_operations_accepted_total{kind="provision",plan="starter"} 2');
    expect(text).toContain('provisioner_relay_backlog{what="starts"} 1');
  });

  test('metrics of the process are served while the registry is down', async () => {
    const cut = await startApiHarness();
    await cut.registry.drop();
    const { status, text, type } = await request(cut.app).get('/metrics');
    expect([status, type]).toEqual([200, 'text/plain']);
    expect(text).toContain('provisioner_event_streams 0');
    expect(text).not.toContain('provisioner_operations{');
    await cut.dependencies.events.stop();
  });
});
