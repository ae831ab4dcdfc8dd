import { operationPageSchema, operationSchema, type Operation } from '../../../contract/schemas/operation-schema';
import { expectAnswer, startApiHarness, type ApiHarness, type Client } from '../../helpers/api';
import { placeOrder, putInState, type Ordered } from '../../helpers/tenants/operations';
import { attempted, havePast, PAST_RUNS, running } from '../../helpers/past-runs';
import { hasPostgres } from '../../helpers/registry';
import { eventually } from '../../stack/eventually';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('estimates in lists: not run, this machine has no PostgreSQL');

suite('estimates in lists of operations', () => {
  let api: ApiHarness;
  let orderer: Client;
  let reader: Client;

  beforeAll(async () => {
    api = await startApiHarness();
    orderer = await api.as(['tenants:order']);
    reader = await api.as(['tenants:read']);
    await havePast(api, await placeOrder(orderer));
  });
  afterAll(() => api.stop());

  const read = async ({ operationId }: Pick<Ordered, 'operationId'>): Promise<Operation> =>
    expectAnswer(await reader.get(`/v1/operations/${operationId}`), 200, operationSchema);
  const list = async (): Promise<Map<string, Operation>> => {
    const { items } = expectAnswer(
      await reader.get(`/v1/operations?limit=100&createdFrom=${new Date(Date.now() - 3_600_000).toISOString()}`),
      200,
      operationPageSchema,
    );
    return new Map(items.map((operation) => [operation.operationId, operation]));
  };

  test('a list has the estimate and the progress of every operation that has not ended, as its own answer has them', async () => {
    const [early, late, ended] = [
      await running(api, orderer, { validate: 1 }),
      await running(api, orderer, { validate: 1, reserve: 0 }),
      await placeOrder(orderer),
    ];
    await attempted(api, late, 'database', { open: true });
    await putInState(api, ended, 'active');
    const listed = await list();
    for (const ordered of [early, late]) {
      const [inList, alone] = [listed.get(ordered.operationId)!, await read(ordered)];
      expect(inList.estimate).toMatchObject({ samples: PAST_RUNS, criticalPath: alone.estimate!.criticalPath });
      expect(Math.abs(inList.estimate!.likelySeconds! - alone.estimate!.likelySeconds!)).toBeLessThan(1);
      expect(inList.steps.map(({ progress }) => progress?.pace)).toEqual(
        alone.steps.map(({ progress }) => progress?.pace),
      );
    }
    expect(listed.get(early.operationId)!.estimate!.likelySeconds).toBeGreaterThan(
      listed.get(late.operationId)!.estimate!.likelySeconds!,
    );
    expect(listed.get(ended.operationId)).not.toHaveProperty('estimate');
  });

  test('an unchanged list has new estimates, because time has passed', async () => {
    const ordered = await running(api, orderer, { validate: 1, reserve: 0.5 });
    await attempted(api, ordered, 'database', { ago: 0.5, open: true });
    const first = (await list()).get(ordered.operationId)!.estimate!.lateSeconds!;
    await eventually(async () => ((await list()).get(ordered.operationId)!.estimate!.lateSeconds ?? first) < first);
  });

  test('a longer list asks the registry no more often', async () => {
    const orders: Ordered[] = [];
    const statementsOf = async (): Promise<number> => {
      const asked = jest.spyOn(api.registry.pool, 'query');
      const listed = await list();
      const statements = asked.mock.calls.length;
      asked.mockRestore();
      for (const { operationId } of orders) expect(listed.get(operationId)).toHaveProperty('estimate');
      return statements;
    };
    orders.push(await running(api, orderer, { validate: 1 }));
    const one = await statementsOf();
    for (let more = 0; more < 8; more++) orders.push(await running(api, orderer, { validate: 1 }));
    expect(await statementsOf()).toBe(one);
  });
});
