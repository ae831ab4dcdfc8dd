import { alertsTakenSchema } from '../../../../contract/schemas/monitoring/alert-schema';
import { endAlerts } from '../../../../registry/monitoring/alerts';
import {
  expectAnswer,
  expectProblem,
  order,
  startApiHarness,
  type ApiHarness,
  type Client,
} from '../../../helpers/api';
import { hasPostgres } from '../../../helpers/registry';
import { activeTenant, type AcceptedTenant } from '../../../helpers/tenants/accepted';
import { fanOutAll, makeEndpoint, messagesTo } from '../../../helpers/webhooks/endpoints';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('alerts over HTTP: not run, this machine has no PostgreSQL');

const PATH = '/v1/providers/alerts/api/v2/alerts';
const MINUTE = 60_000;

suite('an alert of a tenant', () => {
  let api: ApiHarness;
  let server: Client;
  let tenant: AcceptedTenant;
  let since: Date;
  beforeAll(async () => {
    api = await startApiHarness();
    server = await api.as(['alerts:report']);
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    tenant = await activeTenant(api.registry);
    since = new Date(Date.now() - 10 * MINUTE);
  });

  const alert = (changes: { endsAt?: Date; startsAt?: Date; labels?: Record<string, string> } = {}) => ({
    labels: { alertname: 'errors', tenant: tenant.tenantId, severity: 'page', alertgroup: 'x', ...changes.labels },
    annotations: {},
    startsAt: (changes.startsAt ?? since).toISOString(),
    endsAt: (changes.endsAt ?? new Date(Date.now() + 5 * MINUTE)).toISOString(),
    generatorURL: 'http://alerts.example/x',
  });
  const ended = (changes: Parameters<typeof alert>[0] = {}) =>
    alert({ endsAt: new Date(Date.now() - 1_000), ...changes });
  const report = async (...alerts: object[]): Promise<number> =>
    expectAnswer(await server.post(PATH, alerts), 200, alertsTakenSchema).recorded;
  const events = async (): Promise<unknown[]> => {
    const { rows } = await api.registry.pool.query<{ type: string; data: object }>(
      `select type, data from event where tenant_id = $1 and type like 'alert.%' order by event_id`,
      [tenant.tenantId],
    );
    return rows.map(({ type, data }) => ({ type, ...data }));
  };
  const firing = () => ({
    type: 'alert.firing',
    alert: 'errors',
    severity: 'page',
    since: expect.any(String) as string,
  });
  const resolved = () => ({ ...firing(), type: 'alert.resolved' });

  test('becomes one event when it begins to fire and one when it ends, however often it is reported', async () => {
    expect(await report(alert(), alert())).toBe(2);
    await report(alert());
    expect(await events()).toEqual([firing()]);
    await report(ended());
    await report(ended());
    expect(await events()).toEqual([firing(), resolved()]);
    const later = new Date();
    await report(alert({ startsAt: later }));
    expect(await events()).toEqual([firing(), resolved(), firing()]);
  });

  test('does not fire again because a report comes late, nor end because of an earlier one', async () => {
    await report(ended());
    expect(await events()).toEqual([]);
    await report(alert());
    await report(ended());
    await report(alert());
    expect(await events()).toEqual([firing(), resolved()]);
    const later = new Date();
    await report(alert({ startsAt: later }));
    await report(ended());
    expect(await events()).toEqual([firing(), resolved(), firing()]);
  });

  test('is passed over if it is not of a tenant’s rule, and ignored unless the tenant is active', async () => {
    expect(
      await report(
        alert({ labels: { tenant: '' } }),
        alert({ labels: { severity: 'loud' } }),
        alert({ labels: { alertname: 'Not A Name' } }),
      ),
    ).toBe(0);
    await report(alert({ labels: { tenant: 'zzzzzzzzzzzzzzzz' } }));
    await api.registry.pool.query(`update tenant set state = 'suspended' where tenant_id = $1`, [tenant.tenantId]);
    await report(alert());
    expect(await events()).toEqual([]);
  });

  test('ends when its rules are not evaluated any more', async () => {
    await report(alert());
    await endAlerts(api.registry.pool, tenant.tenantId);
    await endAlerts(api.registry.pool, tenant.tenantId);
    expect(await events()).toEqual([firing(), resolved()]);
  });

  test('goes to the endpoints that the order names and to no other', async () => {
    const [named, other] = [await makeEndpoint(api.registry), await makeEndpoint(api.registry)];
    await report(alert({ labels: { receivers: `${named},nonsense` } }));
    await fanOutAll(api.registry);
    const told = async (endpointId: string): Promise<number> =>
      (await messagesTo(api.registry, endpointId)).filter(({ tenantId }) => tenantId === tenant.tenantId).length;
    expect(await told(named)).toBe(1);
    expect(await told(other)).toBe(0);
    expect(await events()).toEqual([{ ...firing(), receivers: [named] }]);
  });

  test('is taken from servers of alert rules alone', async () => {
    const signup = await api.as(['tenants:order']);
    expectProblem(await signup.post(PATH, [alert()]), 'forbidden');
  });

  test('is not ordered for a plan without monitoring, nor for another caller’s endpoint', async () => {
    const signup = await api.as(['tenants:order']);
    const endpointId = await makeEndpoint(api.registry, { owner: 'support' });
    const refused = expectProblem(
      await signup.post('/v1/tenants', order({ alertReceivers: [endpointId] })),
      'invalid-order',
    );
    expect(refused.errors?.map(({ pointer, type }) => [pointer, type])).toEqual([
      ['/alertReceivers', 'FeatureNotInPlan'],
      ['/alertReceivers/0', 'CustomizationInvalid'],
    ]);
  });
});
