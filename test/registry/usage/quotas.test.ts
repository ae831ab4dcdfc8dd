import { addDays, dayOf } from '../../../contract/usage/periods';
import { readQuotas } from '../../../registry/views/attention/quotas';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { meteredTenant, store, usageRecord } from '../../helpers/tenants/usage';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('limits of usage: not run, this machine has no PostgreSQL');

/** The starter plan allows so many API requests a day, and calls 80 % of them near. */
const LIMIT = 1_000;

suite('limits of usage', () => {
  let registry: TestRegistry;
  let tenantId: string;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(async () => void (tenantId = await meteredTenant(registry)));

  async function events(): Promise<{ type: string; data: Record<string, unknown> }[]> {
    const { rows } = await registry.pool.query<{ type: string; data: Record<string, unknown> }>(
      `select type, data from event where tenant_id = $1 and type like 'usage.%' order by at, type`,
      [tenantId],
    );
    return rows;
  }
  const use = (value: number, at = new Date()) => store(registry.pool, usageRecord(tenantId, { value, at }));

  test('are told of once when they come near, and once when they are reached', async () => {
    const day = dayOf(new Date());
    await use(799);
    expect(await events()).toEqual([]);
    await use(1);
    await use(100);
    await use(100);
    await use(500);
    const shared = {
      meter: 'api_requests',
      limit: LIMIT,
      periodBegins: `${day}T00:00:00.000Z`,
      periodEnds: `${addDays(day, 1)}T00:00:00.000Z`,
    };
    expect(await events()).toEqual([
      { type: 'usage.quota-near', data: { ...shared, used: 800 } },
      { type: 'usage.quota-reached', data: { ...shared, used: LIMIT } },
    ]);
  });

  test('that are passed in one step are only told of as reached', async () => {
    await use(5_000);
    expect((await events()).map(({ type }) => type)).toEqual(['usage.quota-reached']);
  });

  test('begin again with the next period', async () => {
    await use(LIMIT, new Date(Date.now() - 86_400_000));
    await use(LIMIT);
    expect((await events()).map(({ type }) => type)).toEqual(['usage.quota-reached', 'usage.quota-reached']);
  });

  test('are noticed by one of several writers that reach them together', async () => {
    await Promise.all(Array.from({ length: 10 }, () => use(LIMIT / 10)));
    expect((await events()).map(({ type }) => type)).toEqual(['usage.quota-near', 'usage.quota-reached']);
  });

  test('are those of the tenant’s own template, with its threshold', async () => {
    tenantId = await meteredTenant(registry, {
      '{configuration,features,3,limit}': 20,
      '{usage}': { nearPercent: 50 },
    });
    await use(10);
    expect(await events()).toMatchObject([{ type: 'usage.quota-near', data: { used: 10, limit: 20 } }]);
  });

  test('need attention once, at their highest level, if the plan says so', async () => {
    const shown = await meteredTenant(registry, { '{usage}': { attention: true } });
    await store(registry.pool, usageRecord(shown, { value: 900 }));
    const of = async () => (await readQuotas(registry.pool)).items.filter((item) => item.tenantId === shown);
    expect(await of()).toMatchObject([
      { meter: 'api_requests', level: 'near', limit: LIMIT, until: dayOf(new Date()) },
    ]);
    await store(registry.pool, usageRecord(shown, { value: 100 }));
    expect((await of()).map(({ level }) => level)).toEqual(['reached']);
    await use(LIMIT);
    expect((await readQuotas(registry.pool)).items.map((item) => item.tenantId)).not.toContain(tenantId);
  });

  test('do not exist for a meter without a feature', async () => {
    tenantId = await meteredTenant(registry, {
      '{billing,meters}': [{ eventName: 'api_requests', displayName: 'API requests' }],
    });
    await use(1e15);
    expect(await events()).toEqual([]);
  });
});
