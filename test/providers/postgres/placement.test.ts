import { findPlacement, findPlacementReasons, registerCells } from '../../../registry/capacity/capacity';
import { createRegistryKinds } from '../../../providers/registry/kinds';
import { newTenantId } from '../../../contract/ids';
import { openTestRegistry, type TestRegistry } from '../../helpers/registry';
import { resourceContext } from '../kind-suite';
import { CELL, OTHER_CELL, REGION, startClusters, type Clusters } from './clusters';
import { provision, type Tenant } from './tenant';

let clusters: Clusters;
let registry: TestRegistry;
beforeAll(async () => {
  clusters = await startClusters(undefined);
  registry = await openTestRegistry(clusters.registry);
  const cell = (kind: 'database' | 'storage' | 'compute', cell: string, capacity: number) => ({
    region: REGION,
    kind,
    cell,
    capacity,
  });
  await registerCells(registry.pool, [
    cell('database', CELL, 2),
    cell('database', OTHER_CELL, 1),
    cell('storage', 's3', 10),
    cell('compute', 'pool', 10_000),
  ]);
}, 120_000);
afterAll(async () => {
  await registry?.drop();
  await clusters?.stop();
});

test('tenants fill the cells of a region, each is made only where it was placed, and the region is then full', async () => {
  const { reservation } = createRegistryKinds(registry.pool, registry.keys);
  const demand = { region: REGION, units: { database: 1, storage: 1, compute: 100 }, computeCells: ['pool'] };
  const place = async (): Promise<string> => {
    const tenantId = newTenantId();
    await reservation.create(
      resourceContext(reservation, REGION, { ...demand, hostname: `${tenantId}.example.com` }, tenantId),
    );
    return tenantId;
  };
  const tenants: { tenant: Tenant; cell: string; free: unknown }[] = [];
  for (const isolation of ['pooled', 'schema', 'database'] as const) {
    const tenantId = await place();
    const { database: cell } = (await findPlacement(registry.pool, tenantId))!;
    const { database: why } = await findPlacementReasons(registry.pool, tenantId);
    const tenant = await provision(clusters.postgres, isolation, tenantId, { cell });
    tenants.push({ tenant, cell, free: why!.candidates.map((candidate) => [candidate.cell, candidate.free]) });
  }
  expect(tenants.map(({ cell, free }) => [cell, free])).toEqual([
    [
      CELL,
      [
        [CELL, 2],
        [OTHER_CELL, 1],
      ],
    ],
    [
      CELL,
      [
        [CELL, 1],
        [OTHER_CELL, 1],
      ],
    ],
    [
      OTHER_CELL,
      [
        [OTHER_CELL, 1],
        [CELL, 0],
      ],
    ],
  ]);
  for (const { tenant, cell } of tenants) {
    expect((await tenant.verify()).filter(({ passed }) => !passed)).toEqual([]);
    const cells: unknown[] = [];
    for (const kind of clusters.postgres.kinds)
      for await (const listed of kind.list(REGION, AbortSignal.timeout(20_000)))
        if (listed.tenantId === tenant.tenantId) cells.push(listed.cell);
    expect(new Set(cells)).toEqual(new Set([cell]));
  }
  await expect(place()).rejects.toMatchObject({
    type: 'CapacityExhausted',
    message: expect.stringContaining('database'),
  });
});
