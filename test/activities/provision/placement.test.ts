import type { RegionSettings } from '../../../config/regions';
import type { StorageCapabilities } from '../../../contract/orders/storage-capabilities';
import { STORAGE_CAPABILITIES } from '../../../contract/orders/storage-capabilities';
import { chooseRegion, plansServed, type PlacementDependencies } from '../../../activities/provision/placement';
import type { Plan, TenantProvisioningRequest } from '../../../contract/orders/order';
import { registerCells } from '../../../registry/capacity/capacity';
import { loadTemplates } from '../../../templates/load';
import { createTestRegistry, type TestRegistry } from '../../helpers/registry';

const templates = loadTemplates('templates');
let registry: TestRegistry;
beforeAll(async () => {
  registry = await createTestRegistry();
  for (const region of ['eu-central', 'us-east'])
    await registerCells(registry.pool, [
      { region, kind: 'database', cell: `${region}-db`, capacity: region === 'us-east' ? 0 : 10 },
      { region, kind: 'storage', cell: `${region}-s3`, capacity: 10 },
      { region, kind: 'compute', cell: `${region}-cell`, capacity: 100_000 },
    ]);
});
afterAll(async () => registry.drop());

const region = (name: string, jurisdiction: string): RegionSettings => ({
  name,
  jurisdiction,
  database: { cells: [{ name: `${name}-db`, url: 'postgres://db/postgres', capacity: 10, maxConnections: 10 }] },
  storage: {
    provider: 'versity',
    name: `${name}-s3`,
    region: name,
    accessKeyId: 'a',
    secretAccessKey: 'b',
    capacity: 10,
  },
  compute: { pool: [{ name: `${name}-cell`, capacityCpuMillis: 100_000 }] },
});

const REGIONS = [region('eu-central', 'EU'), region('us-east', 'US')];

function dependencies(regions = REGIONS): PlacementDependencies {
  const capabilities = Object.fromEntries(
    STORAGE_CAPABILITIES.map((capability) => [
      capability,
      capability === 'encryptionUnderTenantKey'
        ? { state: 'impossible', reason: 'this store cannot' }
        : { state: 'done' },
    ]),
  ) as StorageCapabilities;
  return {
    pool: registry.pool,
    regions,
    storage: { forRegion: () => ({ capabilities }) },
    kubernetes: { has: () => false },
    keys: { hasOwnKeys: () => false },
  };
}

const order = (more: Partial<TenantProvisioningRequest> = {}): TenantProvisioningRequest => ({
  tenantName: 'acme',
  organizationName: 'Acme',
  adminUser: { email: 'ada@example.org', firstName: 'Ada', lastName: 'L', role: 'owner' },
  subscription: { plan: 'starter', billingCycle: 'monthly', features: [] },
  configuration: {},
  ...more,
});

const choose = (more: Partial<TenantProvisioningRequest>, plan: Plan = 'starter') =>
  chooseRegion(dependencies(), order(more), templates.get(plan));

const compliance = (dataResidency: string, encryptionLevel: 'standard' | 'enhanced' = 'standard') => ({
  compliance: { dataResidency, retentionPeriod: 30, encryptionLevel },
});

test('a region serves the plans whose needs it meets, each on the compute cells of its model', () => {
  const [central] = REGIONS as [RegionSettings];
  const pooled = { region: 'eu-central', computeCells: ['eu-central-cell'] };
  const without = [
    { ...pooled, plan: 'starter', cpuMillis: 100 },
    { ...pooled, plan: 'professional', cpuMillis: 500 },
  ];
  expect(plansServed(dependencies(), central, templates.list())).toEqual(without);
  const cluster = { ...central.compute, kubernetes: { name: 'k8s', kubeconfig: 'none', capacityCpuMillis: 1 } };
  const clustered = { ...dependencies(), kubernetes: { has: () => true } };
  expect(plansServed(clustered, { ...central, compute: cluster }, templates.list())).toEqual([
    ...without,
    { region: 'eu-central', plan: 'enterprise', cpuMillis: 2000, computeCells: ['k8s'] },
  ]);
});

test('an order without preferences gets the first region with room', async () => {
  expect((await choose({})).name).toBe('eu-central');
});

test.each(['EU', 'eu', 'eu-central'])('residency %s leads to the region in the EU', async (residency) => {
  expect((await choose(compliance(residency))).name).toBe('eu-central');
});

test('an unknown region is refused, with a list of the known ones', async () => {
  await expect(choose({ region: 'mars' })).rejects.toMatchObject({
    type: 'RegionNotFound',
    message: expect.stringContaining('eu-central, us-east'),
    details: [{ pointer: '/region' }],
  });
});

test('an impossible residency is refused, with a list of the possible ones', async () => {
  await expect(choose(compliance('JP'))).rejects.toMatchObject({
    type: 'ResidencyNotPossible',
    message: expect.stringContaining('eu-central (EU), us-east (US)'),
    details: [{ pointer: '/compliance/dataResidency' }],
  });
});

test('a region that contradicts the residency is refused', async () => {
  await expect(choose({ region: 'us-east', ...compliance('EU') })).rejects.toMatchObject({
    type: 'ResidencyNotPossible',
  });
});

test('enhanced encryption is refused where the store does not support it, with the reason', async () => {
  await expect(choose(compliance('EU', 'enhanced'))).rejects.toMatchObject({
    type: 'CapabilityMissing',
    message: expect.stringContaining('this store cannot'),
    details: [{ pointer: '/compliance/encryptionLevel' }],
  });
});

test('enhanced encryption is refused where a tenant cannot have its own key', async () => {
  await expect(choose(compliance('EU', 'enhanced'))).rejects.toMatchObject({
    message: expect.stringContaining('the region has no key management'),
  });
});

test('an enterprise tenant is refused where no region has a cluster', async () => {
  await expect(choose({}, 'enterprise')).rejects.toMatchObject({
    type: 'CapabilityMissing',
    message: expect.stringContaining('Kubernetes'),
    nonRetryable: true,
  });
});

test('a full region is refused, naming the exhausted capacity', async () => {
  await expect(choose({ region: 'us-east' })).rejects.toMatchObject({
    type: 'CapacityExhausted',
    message: expect.stringContaining('us-east: database'),
  });
});

describe('data that would leave its jurisdiction', () => {
  const [eu] = REGIONS as [RegionSettings];
  const withStandby: RegionSettings = {
    ...eu,
    allowedJurisdictions: ['CH'],
    database: { cells: [{ ...eu.database.cells[0]!, replicas: ['CH'] }] },
  };
  const withCopies = (to: string): RegionSettings => ({ ...eu, storage: { ...eu.storage, replicas: [to] } });
  const template = templates.get('starter');
  const withServer = {
    ...template,
    configuration: {
      ...template.configuration,
      integrations: [{ name: 'slack', endpoint: 'https://hooks.example.com/t', jurisdiction: 'US' }],
    },
  };
  const choose = (region: RegionSettings, more: Partial<TenantProvisioningRequest>, plan = template) =>
    chooseRegion(dependencies([region]), order(more), plan);

  test('a standby in an allowed jurisdiction does not exclude an order without residency', async () => {
    expect((await choose(withStandby, {})).name).toBe('eu-central');
  });

  test.each(['EU', 'eu-central'])(
    'an order that must stay in %s is refused in a region with a standby elsewhere',
    async (place) => {
      await expect(choose(withStandby, compliance(place))).rejects.toMatchObject({
        type: 'TransferNotAllowed',
        nonRetryable: true,
        message: expect.stringMatching(/rule transfer\.replica .* eu-central-db would send data to CH, allowed: EU/),
        details: [{ pointer: '/compliance/dataResidency' }],
      });
    },
  );

  test('a store may replicate, and with it the backups, only to allowed jurisdictions', async () => {
    expect((await choose(withCopies('EU'), compliance('EU'))).name).toBe('eu-central');
    await expect(choose(withCopies('US'), {})).rejects.toMatchObject({
      type: 'TransferNotAllowed',
      message: expect.stringContaining('transfer.backup'),
    });
  });

  test('an integration with a server elsewhere is refused by name, but only if it is ordered', async () => {
    const integrations = { configuration: { integrations: ['slack'] } };
    await expect(choose(eu, integrations, withServer)).rejects.toMatchObject({
      type: 'TransferNotAllowed',
      message: expect.stringMatching(/transfer\.integration .* slack would send data to US/),
      details: [{ pointer: '/configuration/integrations/0' }],
    });
    expect((await choose(eu, {}, withServer)).name).toBe('eu-central');
    expect((await choose({ ...eu, allowedJurisdictions: ['US'] }, integrations, withServer)).name).toBe('eu-central');
  });

  test('another region that keeps the data is chosen instead', async () => {
    const other = { ...withCopies('EU'), name: 'us-east' };
    await expect(chooseRegion(dependencies([withCopies('US'), other]), order(), template)).rejects.toMatchObject({
      // That region is full, and room is checked last.
      type: 'CapacityExhausted',
      message: expect.not.stringContaining('eu-central'),
    });
  });
});
