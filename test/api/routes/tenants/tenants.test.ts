import { tenantPageSchema, tenantSchema } from '../../../../contract/schemas/tenants/tenant-schema';
import { templateSchema } from '../../../../templates/template-schema';
import { registerCells, reserve } from '../../../../registry/capacity/capacity';
import { writeConfiguration, type Configuration } from '../../../../registry/tenants/configuration';
import { transaction } from '../../../../registry/database';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { addResource, placeOrder, putInState } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('tenants over HTTP: not run, this machine has no PostgreSQL');

suite('reading tenants', () => {
  let api: ApiHarness;
  let orderer: Client;
  let reader: Client;

  beforeAll(async () => {
    api = await startApiHarness();
    orderer = await api.as(['tenants:order']);
    reader = await api.as(['tenants:read']);
  });
  afterAll(() => api.stop());

  test('a tenant shows its placement, the reasons, and all its ledger rows', async () => {
    const ordered = await placeOrder(orderer);
    const { tenantId, operationId } = ordered;
    const { pool } = api.registry;
    const region = 'eu-central';
    await registerCells(pool, [
      ...(['database', 'storage', 'compute'] as const).map((kind) => ({
        region,
        kind,
        cell: `${kind}-1`,
        capacity: 10,
      })),
      { region, kind: 'database', cell: 'database-2', capacity: 7 },
      { region, kind: 'compute', cell: 'compute-2', capacity: 1_000 },
    ]);
    await transaction(pool, (client) =>
      reserve(client, {
        tenantId,
        region,
        units: { database: 1, storage: 1, compute: 1 },
        computeCells: ['compute-1'],
        hostname: 'a.example.com',
      }),
    );
    await addResource(api, ordered, { kind: 'bucket', step: 'storage-and-compute', facts: { versioning: true } });
    const tenant = expectAnswer(await orderer.get(`/v1/tenants/${tenantId}`), 200, tenantSchema);
    expect(tenant).toMatchObject({
      tenantId,
      operationId,
      tenantName: ordered.order.tenantName,
      plan: 'starter',
      status: 'pending',
      removal: { graceDays: expect.any(Number) as number, export: expect.any(Boolean) as boolean },
      hasExport: false,
      hasCertificate: false,
    });
    expect(tenant.placement).toEqual({
      database: 'database-1',
      storage: 'storage-1',
      compute: 'compute-1',
      network: 'a.example.com',
    });
    expect(tenant.placementReasons).toEqual({
      database: {
        cell: 'database-1',
        units: 1,
        candidates: [
          { cell: 'database-1', capacity: 10, free: 10 },
          { cell: 'database-2', capacity: 7, free: 7 },
        ],
      },
      storage: { cell: 'storage-1', units: 1, candidates: [{ cell: 'storage-1', capacity: 10, free: 10 }] },
      compute: { cell: 'compute-1', units: 1, candidates: [{ cell: 'compute-1', capacity: 10, free: 10 }] },
    });
    expect(tenant.resources).toEqual([
      expect.objectContaining({ kind: 'tenant-key', state: 'present' }) as object,
      expect.objectContaining({
        kind: 'bucket',
        provider: 'test',
        region,
        state: 'present',
        step: 'storage-and-compute',
      }) as object,
    ]);
  });

  test('the list has tenants that hold their name; others only if their state or status is requested', async () => {
    const own = await api.as(await api.token(['tenants:order'], 'lister'));
    const [active, failed, pending] = [await placeOrder(own), await placeOrder(own), await placeOrder(own)];
    await putInState(api, active, 'active');
    await putInState(api, failed, 'failed');
    const ids = async (query = ''): Promise<string[]> =>
      expectAnswer(await own.get(`/v1/tenants${query}`), 200, tenantPageSchema).items.map(({ tenantId }) => tenantId);
    expect(await ids()).toEqual([pending.tenantId, active.tenantId]);
    expect(await ids('?status=failed')).toEqual([failed.tenantId]);
    expect(await ids('?state=gone')).toEqual([failed.tenantId]);
    expect(await ids('?state=all')).toContain(failed.tenantId);
    expect(await ids('?state=provisioning')).toEqual([pending.tenantId]);
    expect(await ids('?state=active&status=pending')).toEqual([]);
    expect(await ids('?plan=enterprise')).toEqual([]);
    const first = expectAnswer(await own.get('/v1/tenants?limit=1'), 200, tenantPageSchema);
    expect(await ids(`?limit=1&cursor=${first.nextCursor}`)).toEqual([active.tenantId]);
  });

  test('a tenant shows its state and since when it has been in it, also when it is gone', async () => {
    const ordered = await placeOrder(orderer);
    const shown = async () => expectAnswer(await orderer.get(`/v1/tenants/${ordered.tenantId}`), 200, tenantSchema);
    const { state, stateSince, createdAt } = await shown();
    expect([state, stateSince]).toEqual(['provisioning', createdAt]);
    await putInState(api, ordered, 'needs_operator');
    expect(await shown()).toMatchObject({ state: 'provisioning', stateSince, status: 'needs_operator' });
    await putInState(api, ordered, 'failed');
    const gone = await shown();
    expect(gone).toMatchObject({ state: 'gone', status: 'failed', operationId: ordered.operationId });
    expect(Date.parse(gone.stateSince)).toBeGreaterThan(Date.parse(stateSince));
  });

  test.each(['/v1/tenants/aaaaaaaaaaaaaaaa', '/v1/tenants/T-1', '/v1/tenants/aaaaaaaaaaaaaaaa/configuration'])(
    'no tenant is found at %s',
    async (path) => {
      expectProblem(await reader.get(path), 'not-found');
    },
  );

  test('the application reads the newest configuration and can revalidate it cheaply', async () => {
    const { tenantId } = await placeOrder(orderer);
    const { pool, keys } = api.registry;
    const version = (settings: Configuration['settings']): Configuration => ({
      features: { records: true },
      modules: ['core'],
      settings,
      branding: {},
      integrations: [],
      notifications: [],
      reporting: [],
    });
    await writeConfiguration(pool, keys, tenantId, 1, version({ locale: 'de-DE' }));
    const path = `/v1/tenants/${tenantId}/configuration`;
    const first = await reader.get(path);
    expect({ status: first.status, body: first.body as unknown }).toEqual({
      status: 200,
      body: { tenantId, version: 1, configuration: version({ locale: 'de-DE' }) },
    });
    const etag = first.headers['etag']!;
    const again = await reader.get(path).set('if-none-match', `"other", W/${etag}`);
    expect([again.status, again.text]).toEqual([304, '']);
    await writeConfiguration(pool, keys, tenantId, 2, version({ locale: 'fr-FR' }));
    const changed = await reader.get(path).set('if-none-match', etag);
    expect(changed.body).toMatchObject({ version: 2, configuration: { settings: { locale: 'fr-FR' } } });
  });

  test('every token can list templates and read them in full', async () => {
    const approver = await api.as(['approvals:decide']);
    const list = (await approver.get('/v1/templates')).body as {
      items: { plan: string; requiredApprovals: string[] }[];
    };
    expect(list.items.map(({ plan }) => plan)).toEqual(['starter', 'professional', 'enterprise']);
    for (const { plan, requiredApprovals } of list.items) {
      const response = await approver.get(`/v1/templates/${plan}`);
      const template = expectAnswer(response, 200, templateSchema);
      expect(template.customizations.requiredApprovals).toEqual(requiredApprovals);
      const again = await approver.get(`/v1/templates/${plan}`).set('if-none-match', response.headers['etag']!);
      expect(again.status).toBe(304);
    }
    expectProblem(await approver.get('/v1/templates/platinum'), 'not-found');
  });
});
