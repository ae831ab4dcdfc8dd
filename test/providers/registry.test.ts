import { createRegistryKinds, type RegistryKinds } from '../../providers/registry/kinds';
import { findPlacement, registerCells } from '../../registry/capacity/capacity';
import { countSections, type Configuration } from '../../registry/tenants/configuration';
import { listApiKeys } from '../../registry/credentials/api-keys';
import { findPoolPlacement } from '../../registry/capacity/pool-placements';
import { createTenantKey, loadTenantKey } from '../../registry/keys/tenant-keys';
import { createTestRegistry, type TestRegistry } from '../helpers/registry';
import { describeKind, resourceContext } from './kind-suite';

const REGION = 'eu-central';
let registry: TestRegistry;
let kinds: RegistryKinds;

beforeAll(async () => {
  registry = await createTestRegistry();
  kinds = createRegistryKinds(registry.pool, registry.keys);
  await registerCells(registry.pool, [
    { region: REGION, kind: 'database', cell: 'db-1', capacity: 5 },
    { region: REGION, kind: 'storage', cell: 's3-1', capacity: 5 },
    { region: REGION, kind: 'compute', cell: 'cell-1', capacity: 5_000 },
  ]);
});
afterAll(async () => registry.drop());

const configuration: Configuration = {
  features: [{ key: 'projects', enabled: true, limit: null }],
  modules: ['core'],
  settings: { locale: 'de' },
  branding: { primaryColor: '#112233' },
  integrations: [],
  notifications: [],
  reporting: [],
};

describeKind('tenant-key in the registry', async () => ({
  kind: kinds.tenantKey,
  region: 'global',
  spec: () => ({}),
  exists: async ({ tenantId }) => (await loadTenantKey(registry.pool, registry.keys, tenantId)) !== undefined,
}));

describeKind('reservation in the registry', async () => ({
  kind: kinds.reservation,
  region: REGION,
  spec: (tenantId) => ({
    region: REGION,
    units: { database: 1, storage: 1, compute: 1_000 },
    computeCells: ['cell-1'],
    hostname: `${tenantId}.app.example.com`,
  }),
  exists: async ({ tenantId }) => (await findPlacement(registry.pool, tenantId)) !== undefined,
}));

describeKind('pool-placement in the registry', async () => ({
  kind: kinds.poolPlacement,
  region: REGION,
  cell: 'cell-1',
  spec: () => ({ cpuMillis: 500, memoryMb: 512 }),
  exists: async ({ tenantId }) => (await findPoolPlacement(registry.pool, tenantId)) !== undefined,
}));

describeKind('configuration in the registry', async () => ({
  kind: kinds.configuration,
  region: 'global',
  spec: async (tenantId) => {
    await createTenantKey(registry.pool, registry.keys, tenantId);
    return configuration;
  },
  exists: async ({ tenantId }) => (await countSections(registry.pool, tenantId, 1)) > 0,
  makePartial: async (context) => {
    await kinds.configuration.create(context);
    await registry.pool.query(`delete from configuration where tenant_id = $1 and section = 'branding'`, [
      context.tenantId,
    ]);
  },
}));

describeKind('api-keys in the registry', async () => ({
  kind: kinds.apiKeys,
  region: 'global',
  spec: () => ({
    keys: [
      { name: 'server', scopes: ['data:read', 'data:write'] },
      { name: 'reporting', scopes: ['data:read'] },
    ],
  }),
  exists: async ({ tenantId }) => (await listApiKeys(registry.pool, tenantId)).length > 0,
  makePartial: async (context) => {
    await kinds.apiKeys.create(context);
    await registry.pool.query(`delete from api_key where tenant_id = $1 and name = 'reporting'`, [context.tenantId]);
  },
}));

test('the scheduler reads a placed tenant’s access, whose cell and quota stay as they are', async () => {
  const [context, neighbour] = await Promise.all(
    [0, 1].map(async () => {
      const placed = resourceContext(
        kinds.poolPlacement,
        REGION,
        { cpuMillis: 500, memoryMb: 512 },
        undefined,
        'cell-1',
      );
      await kinds.poolPlacement.create(placed);
      return { ...placed, spec: undefined };
    }),
  );
  const before = await findPoolPlacement(registry.pool, context!.tenantId);
  for (const access of ['closed', 'closed', 'read-only', 'open'] as const) {
    await kinds.poolPlacement.update!(context!, { access });
    const { rows } = await registry.pool.query('select access from pool_placement where tenant_id = $1', [
      context!.tenantId,
    ]);
    expect(rows).toEqual([{ access }]);
    expect(await kinds.poolPlacement.access!(neighbour!)).toBe('open');
    expect(await findPoolPlacement(registry.pool, context!.tenantId)).toEqual(before);
  }
  await kinds.poolPlacement.update!(context!, { access: 'closed' });
  await kinds.poolPlacement.remove(context!);
  await expect(kinds.poolPlacement.update!(context!, { access: 'open' })).rejects.toMatchObject({
    type: 'OutcomeUnknown',
  });
  await expect(kinds.poolPlacement.access!(context!)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
});

test('only the hash of an API key is stored, together with its scopes', async () => {
  const tenantId = 'a234567890123456';
  const made = new Map<string, string>();
  await kinds.apiKeys.create({
    tenantId,
    operationId: 'op',
    region: 'global',
    cell: '',
    name: tenantId,
    spec: { keys: [{ name: 'server', scopes: ['data:read'] }] },
    id: undefined,
    intendedAt: new Date(),
    idempotencyKey: 'k',
    signal: AbortSignal.timeout(10_000),
    secrets: {
      obtain: (name, make) => Promise.resolve(made.set(name, make()).get(name)!),
      store: () => Promise.resolve(),
      read: () => Promise.resolve(undefined),
    },
  });
  const { rows } = await registry.pool.query<{ row: string }>(
    `select api_key::text as row from api_key where tenant_id = $1`,
    [tenantId],
  );
  expect(made.get('server')).toMatch(/^ak_[0-9a-f]{8}_/);
  expect(JSON.stringify(rows)).not.toContain(made.get('server')!.slice(12));
  expect(rows[0]!.row).toContain('data:read');
});
