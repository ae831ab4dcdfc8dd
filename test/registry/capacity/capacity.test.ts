import { randomUUID } from 'node:crypto';
import { newTenantId } from '../../../contract/ids';
import {
  findPlacement,
  findPlacementReasons,
  listCells,
  listReservations,
  missingCapacity,
  previewPlacement,
  registerCells,
  releaseReservations,
  reserve,
  type Cell,
} from '../../../registry/capacity/capacity';
import { transaction } from '../../../registry/database';
import { createTestRegistry, type TestRegistry } from '../../helpers/registry';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await createTestRegistry();
});
afterAll(async () => registry.drop());

/** Each test has its own region, with two database cells. */
async function region(capacity: Partial<Record<'db-1' | 'db-2' | 's3-1' | 'cell-1', number>> = {}): Promise<string> {
  const name = `region-${randomUUID()}`;
  const cell = (kind: Cell['kind'], cell: 'db-1' | 'db-2' | 's3-1' | 'cell-1', usual: number): Cell => ({
    region: name,
    kind,
    cell,
    capacity: capacity[cell] ?? usual,
  });
  await registerCells(registry.pool, [
    cell('database', 'db-1', 20),
    cell('database', 'db-2', 10),
    cell('storage', 's3-1', 100),
    cell('compute', 'cell-1', 100_000),
  ]);
  return name;
}

class Full extends Error {
  constructor(readonly missing: string[]) {
    super('full');
  }
}

function order(region: string, tenantId = newTenantId()): Promise<string[]> {
  return transaction(registry.pool, async (client) => {
    const { missing } = await reserve(client, {
      tenantId,
      region,
      units: { database: 1, storage: 1, compute: 100 },
      computeCells: ['cell-1'],
      hostname: `${tenantId}.example.com`,
    });
    if (missing.length > 0) throw new Full(missing);
    return missing;
  }).catch((error: unknown) => {
    if (error instanceof Full) return error.missing;
    throw error;
  });
}

async function used(region: string): Promise<Record<string, number>> {
  const { rows } = await registry.pool.query<{ cell: string; used: string; reserved: string }>(
    `select cell.cell, cell.used, coalesce(sum(units), 0) as reserved
     from cell left join reservation using (region, kind, cell) where region = $1 group by 1, 2`,
    [region],
  );
  for (const row of rows) expect(Number(row.reserved)).toBe(Number(row.used));
  return Object.fromEntries(rows.map((row) => [row.cell, Number(row.used)]));
}

test('of 100 concurrent orders exactly as many are placed as fit, and the others leave nothing behind', async () => {
  const name = await region();
  const answers = await Promise.all(Array.from({ length: 100 }, () => order(name)));
  expect(answers.filter((missing) => missing.length === 0)).toHaveLength(30);
  for (const missing of answers.filter((each) => each.length > 0)) expect(missing).toEqual(['database']);
  expect(await used(name)).toEqual({ 'db-1': 20, 'db-2': 10, 's3-1': 30, 'cell-1': 3_000 });
});

test('the cell with the most room is taken first', async () => {
  const name = await region();
  const tenantId = newTenantId();
  await order(name, tenantId);
  expect(await findPlacement(registry.pool, tenantId)).toMatchObject({
    database: 'db-1',
    network: `${tenantId}.example.com`,
  });
});

test('the reasons for choosing a cell are stored, and later changes to the cells do not alter them', async () => {
  const name = await region({ 'db-1': 3, 'db-2': 2 });
  const tenants = Array.from({ length: 5 }, () => newTenantId());
  for (const tenantId of tenants) expect(await order(name, tenantId)).toEqual([]);
  await registerCells(registry.pool, [{ region: name, kind: 'database', cell: 'db-2', capacity: 90 }]);
  const reasons = await Promise.all(tenants.map((tenantId) => findPlacementReasons(registry.pool, tenantId)));
  const seen = reasons.map(({ database }) => [
    database!.cell,
    Object.fromEntries(database!.candidates.map(({ cell, free }) => [cell, free])),
  ]);
  expect(seen).toEqual([
    ['db-1', { 'db-1': 3, 'db-2': 2 }],
    ['db-1', { 'db-1': 2, 'db-2': 2 }],
    ['db-2', { 'db-1': 1, 'db-2': 2 }],
    ['db-1', { 'db-1': 1, 'db-2': 1 }],
    ['db-2', { 'db-1': 0, 'db-2': 1 }],
  ]);
  expect(reasons[0]!.network).toBeUndefined();
});

test('a preview names the cells that a reservation then takes, with the same reasons, and reserves nothing', async () => {
  const name = await region({ 'db-1': 5 });
  await registerCells(registry.pool, [{ region: name, kind: 'compute', cell: 'cell-2', capacity: 900_000 }]);
  const units = { database: 1, storage: 1, compute: 100 };
  const { cells, candidates } = await previewPlacement(registry.pool, {
    region: name,
    units,
    computeCells: ['cell-1'],
  });
  expect(await used(name)).toEqual({ 'db-1': 0, 'db-2': 0, 's3-1': 0, 'cell-1': 0, 'cell-2': 0 });
  expect(cells.database).toEqual({ cell: 'db-2', units: 1, candidates: candidates.database });
  const tenantId = newTenantId();
  await order(name, tenantId);
  expect(await findPlacementReasons(registry.pool, tenantId)).toEqual(cells);
});

test('a preview leaves out the kinds that have no room, and shows what is free there', async () => {
  const name = await region({ 'db-1': 2, 'db-2': 1, 's3-1': 0 });
  const units = { database: 2, storage: 1, compute: 100_001 };
  const { cells, candidates } = await previewPlacement(registry.pool, {
    region: name,
    units,
    computeCells: ['cell-1'],
  });
  expect(Object.keys(cells)).toEqual(['database']);
  expect(candidates).toEqual({
    database: [
      { cell: 'db-1', capacity: 2, free: 2 },
      { cell: 'db-2', capacity: 1, free: 1 },
    ],
    storage: [{ cell: 's3-1', capacity: 0, free: 0 }],
    compute: [{ cell: 'cell-1', capacity: 100_000, free: 100_000 }],
  });
  const none = await previewPlacement(registry.pool, { region: name, units, computeCells: [] });
  expect([none.cells.compute, none.candidates.compute]).toEqual([undefined, []]);
});

test('the cells are listed with what is taken of each', async () => {
  const name = await region();
  await order(name);
  const cells = (await listCells(registry.pool)).filter((cell) => cell.region === name);
  expect(cells.map(({ kind, cell, capacity, used }) => [kind, cell, capacity, used])).toEqual([
    ['compute', 'cell-1', 100_000, 100],
    ['database', 'db-1', 20, 1],
    ['database', 'db-2', 10, 0],
    ['storage', 's3-1', 100, 1],
  ]);
});

test('a release returns the reserved capacity once, however often it is called', async () => {
  const name = await region();
  const tenantId = newTenantId();
  await order(name, tenantId);
  await Promise.all([1, 2, 3].map(() => releaseReservations(registry.pool, tenantId)));
  expect(await used(name)).toEqual({ 'db-1': 0, 'db-2': 0, 's3-1': 0, 'cell-1': 0 });
  expect(await findPlacement(registry.pool, tenantId)).toBeUndefined();
});

test('the last free place can be found and taken', async () => {
  const name = await region({ 'db-1': 1, 'db-2': 0, 's3-1': 1, 'cell-1': 100 });
  const demand = { region: name, units: { database: 1, storage: 1, compute: 100 }, computeCells: ['cell-1'] };
  expect(await missingCapacity(registry.pool, demand)).toEqual([]);
  expect(await order(name)).toEqual([]);
  expect(await used(name)).toEqual({ 'db-1': 1, 'db-2': 0, 's3-1': 1, 'cell-1': 100 });
  expect(await missingCapacity(registry.pool, demand)).toEqual(['database', 'storage', 'compute']);
  expect(await order(name)).toEqual(['database', 'storage', 'compute']);
});

test('only qualifying compute cells are considered, however much room others have', async () => {
  const name = await region();
  await registerCells(registry.pool, [{ region: name, kind: 'compute', cell: 'cell-2', capacity: 900_000 }]);
  const tenantId = newTenantId();
  expect(await order(name, tenantId)).toEqual([]);
  expect(await findPlacement(registry.pool, tenantId)).toMatchObject({ compute: 'cell-1' });
  const demand = { region: name, units: { database: 1, storage: 1, compute: 100 }, computeCells: [] };
  expect(await missingCapacity(registry.pool, demand)).toEqual(['compute']);
});

test('a demand that cannot be met completely gets no host name', async () => {
  const name = await region({ 's3-1': 0 });
  const tenantId = newTenantId();
  const held = await transaction(registry.pool, async (client) => {
    const units = { database: 1, storage: 1, compute: 100 };
    const hostname = `${tenantId}.example.com`;
    expect(await reserve(client, { tenantId, region: name, units, computeCells: ['cell-1'], hostname })).toEqual({
      missing: ['storage'],
    });
    return findPlacement(client, tenantId);
  });
  expect(Object.keys(held ?? {}).sort()).toEqual(['compute', 'database']);
});

test('the tenants of a region are listed once each, and releasing a tenant without reservations does no harm', async () => {
  const [name, other] = [await region(), await region()];
  const tenants = [newTenantId(), newTenantId()];
  for (const tenantId of tenants) await order(name, tenantId);
  await order(other);
  expect(await listReservations(registry.pool, name)).toEqual([...tenants].sort());
  await releaseReservations(registry.pool, newTenantId());
  expect(await listReservations(registry.pool, name)).toEqual([...tenants].sort());
});

test('missing capacity is named, and a cell shrunk below its use takes no more tenants', async () => {
  const name = await region({ 's3-1': 1 });
  await order(name);
  expect(await order(name)).toEqual(['storage']);
  const demand = { region: name, units: { database: 1, storage: 1, compute: 200_000 }, computeCells: ['cell-1'] };
  expect(await missingCapacity(registry.pool, demand)).toEqual(['storage', 'compute']);
  await registerCells(registry.pool, [{ region: name, kind: 'database', cell: 'db-1', capacity: 0 }]);
  expect(await used(name)).toMatchObject({ 'db-1': 1 });
});
