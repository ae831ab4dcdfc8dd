import { provisioningMetricsSchema } from '../../../../contract/schemas/provisioning-metrics-schema';
import { recordMissingFigures } from '../../../../registry/metrics/figures';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { placeOrder } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('numbers about operations over HTTP: not run, this machine has no PostgreSQL');

const PATH = '/v1/metrics/provisioning';

suite('numbers about operations', () => {
  let api: ApiHarness;
  let reader: Client;
  let orderer: Client;

  beforeAll(async () => {
    api = await startApiHarness();
    reader = await api.as(['tenants:read']);
    orderer = await api.as(await api.token(['tenants:order'], 'one'));
    const { operationId } = await placeOrder(orderer);
    await placeOrder(await api.as(await api.token(['tenants:order'], 'two')));
    await api.registry.pool.query(
      `update operation set status = 'active', completed_at = created_at + interval '5 seconds' where operation_id = $1`,
      [operationId],
    );
    await recordMissingFigures(api.registry.pool);
  });
  afterAll(() => api.stop());

  const read = async (client: Client, query = '') =>
    expectAnswer(await client.get(`${PATH}${query}`), 200, provisioningMetricsSchema);

  test('cover the provisionings of the last seven days unless the caller asks for others', async () => {
    const { from, to, kind, timeZone, groups } = await read(reader);
    expect(Date.parse(to) - Date.parse(from)).toBe(7 * 86_400_000);
    expect({ kind, timeZone }).toEqual({ kind: 'provision', timeZone: 'UTC' });
    expect(groups).toMatchObject([
      { count: 2, running: 1, succeeded: 1, successRate: 1, duration: { averageSeconds: 5 } },
    ]);
    expect((await read(reader, '?kind=suspend')).groups).toEqual([]);
    expect((await read(reader, '?to=2026-01-01T00:00:00Z')).groups).toEqual([]);
  });

  test('show a caller who may only order its own operations', async () => {
    expect((await read(orderer)).groups).toMatchObject([{ count: 1, succeeded: 1 }]);
    expect((await read(await api.as(await api.token(['tenants:order'], 'three')))).groups).toEqual([]);
  });

  test('are grouped on request', async () => {
    expect((await read(reader, '?groupBy=plan')).groups).toMatchObject([{ key: 'starter', count: 2 }]);
    const days = (await read(reader, '?groupBy=day&timeZone=Pacific/Auckland')).groups;
    expect(days.map(({ key }) => key)).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\d$/)]);
  });

  test.each([
    ['from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z', '/from'],
    ['from=2024-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', '/from'],
    ['from=yesterday', '/from'],
    ['groupBy=caller', '/groupBy'],
    ['kind=explode', '/kind'],
    ['timeZone=Mars/Olympus', '/timeZone'],
    ['timeZone=%2B01:00', '/timeZone'],
  ])('refuse %s', async (query, pointer) => {
    const { errors } = expectProblem(await reader.get(`${PATH}?${query}`), 'invalid-parameter');
    expect(errors).toMatchObject([{ pointer }]);
  });
});
