import { regionListSchema } from '../../../../api/routes/platform/regions';
import { registerCells, reserve, type Cell } from '../../../../registry/capacity/capacity';
import { registerRegions } from '../../../../registry/capacity/regions';
import { registerRegionPlans, type RegionPlan } from '../../../../registry/capacity/region-offers';
import { newTenantId } from '../../../../contract/ids';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness } from '../../../helpers/api';

let api: ApiHarness;
beforeAll(async () => void (api = await startApiHarness()));
afterAll(() => api.stop());
afterEach(async () => {
  for (const table of ['reservation', 'cell', 'region']) await api.registry.pool.query(`delete from ${table}`);
});

const starter: RegionPlan = {
  region: 'eu-central',
  plan: 'starter',
  cpuMillis: 100,
  computeCells: ['pool-1', 'pool-2'],
};
const enterprise: RegionPlan = { region: 'eu-central', plan: 'enterprise', cpuMillis: 2000, computeCells: ['cluster'] };
const USUAL = { db: 100, s3: 100, 'pool-1': 10_000, 'pool-2': 10_000, cluster: 100_000 };
const KINDS = { db: 'database', s3: 'storage', 'pool-1': 'compute', 'pool-2': 'compute', cluster: 'compute' } as const;

/** Registers one region, as a worker does. */
async function make(capacities: Partial<typeof USUAL> = {}, plans = [starter, enterprise]): Promise<void> {
  const { pool } = api.registry;
  await registerRegions(pool, [{ region: 'eu-central', jurisdiction: 'EU' }]);
  const all = Object.entries({ ...USUAL, ...capacities }) as [keyof typeof USUAL, number][];
  await registerCells(
    pool,
    all.map(([cell, capacity]): Cell => ({ region: 'eu-central', kind: KINDS[cell], cell, capacity })),
  );
  await registerRegionPlans(pool, plans);
}

async function regions() {
  const client = await api.as(['tenants:order']);
  return expectAnswer(await client.get('/v1/regions'), 200, regionListSchema).items;
}

test('the list is empty before any worker has started', async () => {
  expect(await regions()).toEqual([]);
});

test('each region has its jurisdiction and its plans by size, with the room left for each', async () => {
  await make();
  await registerRegions(api.registry.pool, [{ region: 'us-east', jurisdiction: 'US' }]);
  const plans = [
    { plan: 'starter', room: 'plenty' },
    { plan: 'enterprise', room: 'plenty' },
  ];
  expect(await regions()).toEqual([
    { region: 'eu-central', jurisdiction: 'EU', plans },
    { region: 'us-east', jurisdiction: 'US', plans: [] },
  ]);
});

test.each([
  ['ten databases', { db: 10 }, 'plenty', 'plenty'],
  ['nine databases', { db: 9 }, 'little', 'little'],
  ['no database', { db: 0 }, 'none', 'none'],
  ['one bucket', { s3: 1 }, 'little', 'little'],
  ['a full cluster', { cluster: 1999 }, 'plenty', 'none'],
  ['a small cluster', { cluster: 19_999 }, 'plenty', 'little'],
  ['cells whose rest is too small for one tenant each', { 'pool-1': 99, 'pool-2': 99 }, 'none', 'plenty'],
  ['two cells with room for five each', { 'pool-1': 500, 'pool-2': 500 }, 'plenty', 'plenty'],
])('with %s the room is that of the scarcest resource', async (_, capacities, small, large) => {
  await make(capacities);
  expect((await regions())[0]!.plans.map(({ room }) => room)).toEqual([small, large]);
});

test('capacity that tenants hold is not free, and a capacity lowered below it leaves none', async () => {
  await make({ db: 10 });
  const demand = { region: 'eu-central', units: { database: 1, storage: 1, compute: 100 }, computeCells: ['pool-1'] };
  for (const hostname of ['a.example', 'b.example'])
    await reserve(api.registry.pool, { ...demand, hostname, tenantId: newTenantId() });
  const room = async () => (await regions())[0]!.plans[0]!.room;
  expect(await room()).toBe('little');
  await make({ db: 1 });
  expect(await room()).toBe('none');
});

test('the newest worker’s regions win, even if workers start together', async () => {
  await make();
  await Promise.all(Array.from({ length: 8 }, () => make({}, [starter])));
  expect((await regions())[0]!.plans.map(({ plan }) => plan)).toEqual(['starter']);
});

test.each(['tenants:read', 'operations:operate'] as const)('the role %s may read the list', async (role) => {
  expectAnswer(await (await api.as([role])).get('/v1/regions'), 200, regionListSchema);
});

test('a role that neither orders nor reads tenants may not read it', async () => {
  expectProblem(await (await api.as(['api-keys:verify'])).get('/v1/regions'), 'forbidden');
});
