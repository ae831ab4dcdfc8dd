import { capacitySchema } from '../../../../contract/schemas/platform/capacity-schema';
import { newTenantId } from '../../../../contract/ids';
import { registerCells, reserve } from '../../../../registry/capacity/capacity';
import { registerRegionPlans } from '../../../../registry/capacity/region-offers';
import { registerRegions } from '../../../../registry/capacity/regions';
import { expectAnswer, startApiHarness, type ApiHarness } from '../../../helpers/api';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('capacity over HTTP: not run, this machine has no PostgreSQL');

suite('the capacity of the regions', () => {
  let api: ApiHarness;
  beforeAll(async () => void (api = await startApiHarness()));
  afterAll(() => api.stop());

  test('counts what a tenant has reserved', async () => {
    const { pool } = api.registry;
    const region = 'eu-central';
    await registerRegions(pool, [
      { region, jurisdiction: 'EU' },
      { region: 'us-east', jurisdiction: 'US' },
    ]);
    await registerCells(pool, [
      { region, kind: 'database', cell: 'db', capacity: 12 },
      { region, kind: 'storage', cell: 's3', capacity: 100 },
      { region, kind: 'compute', cell: 'pool', capacity: 5000 },
    ]);
    await registerRegionPlans(pool, [{ region, plan: 'starter', cpuMillis: 100, computeCells: ['pool'] }]);
    const units = { database: 1, storage: 1, compute: 100 };
    const demand = { tenantId: newTenantId(), region, units, computeCells: ['pool'], hostname: 'a.example.com' };
    for (let taken = 0; taken < 3; taken += 1)
      await reserve(pool, { ...demand, tenantId: newTenantId(), hostname: `${taken}.example.com` });

    const reader = await api.as(['tenants:read']);
    expect(expectAnswer(await reader.get('/v1/capacity'), 200, capacitySchema).items).toEqual([
      {
        region,
        jurisdiction: 'EU',
        plans: [{ plan: 'starter', places: 9, room: 'little' }],
        cells: [
          { cell: 'pool', kind: 'compute', capacity: 5000, used: 300 },
          { cell: 'db', kind: 'database', capacity: 12, used: 3 },
          { cell: 's3', kind: 'storage', capacity: 100, used: 3 },
        ],
      },
      { region: 'us-east', jurisdiction: 'US', plans: [], cells: [] },
    ]);
  });
});
