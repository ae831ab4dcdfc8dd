import type { TenantProvisioningRequest } from '../../../../contract/orders/order';
import { previewSchema, type OrderPreview } from '../../../../contract/schemas/preview-schema';
import type { Problem } from '../../../../contract/schemas/problem-schema';
import { recordPlanPrice } from '../../../../registry/billing/plan-prices';
import { registerRegionProfiles } from '../../../../registry/capacity/region-profiles';
import {
  expectAnswer,
  expectProblem,
  order,
  startApiHarness,
  type ApiHarness,
  type Client,
} from '../../../helpers/api';
import { placeOrder } from '../../../helpers/tenants/operations';
import { regionProfile, registerProfiles } from '../../../helpers/regions';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('previews over HTTP: not run, this machine has no PostgreSQL');

const REGIONS = [regionProfile('us-east', 'US'), regionProfile('eu-central', 'EU')];

const resident = (dataResidency: string): NonNullable<TenantProvisioningRequest['compliance']> => ({
  dataResidency,
  retentionPeriod: 30,
  encryptionLevel: 'standard',
});

suite('previewing an order', () => {
  let api: ApiHarness;
  let orderer: Client;

  beforeAll(async () => {
    api = await startApiHarness({
      appDomain: 'tenants.harbour.example',
      estimates: {
        ofNewOperation: async () => ({ likelySeconds: 4, lateSeconds: 9, samples: 40 }),
        recentRuns: async () => [],
        addTo: async ({ operation }) => operation,
      },
    });
    orderer = await api.as(['tenants:order']);
  });
  afterAll(() => api.stop());
  beforeEach(() => registerProfiles(api.registry, REGIONS));

  const preview = async (changes: Partial<TenantProvisioningRequest> = {}): Promise<OrderPreview> =>
    expectAnswer(await orderer.post('/v1/tenants:preview', order(changes)), 200, previewSchema);
  const reasonsOf = ({ unknown }: OrderPreview): Record<string, string> =>
    Object.fromEntries(unknown.map(({ part, reason }) => [part, reason]));
  const ordered = async (changes: Partial<TenantProvisioningRequest>): Promise<Problem['errors']> =>
    ((await orderer.post('/v1/tenants', order(changes))).body as Problem).errors;

  test('a good order is possible, and everything about it is known', async () => {
    await recordPlanPrice(api.registry.pool, {
      plan: 'professional',
      cycle: 'yearly',
      currency: 'eur',
      due: 199_000,
      problem: null,
    });
    const seen = await preview({
      subscription: { plan: 'professional', billingCycle: 'yearly', features: [] },
      compliance: { dataResidency: 'EU', retentionPeriod: 30, encryptionLevel: 'standard' },
    });
    expect(seen).toMatchObject({
      possible: true,
      violations: [],
      unknown: [],
      plan: 'professional',
      region: {
        region: 'eu-central',
        chosen: 'first-suitable',
        passedOver: [{ region: 'us-east', reason: 'it lies in US, the order’s data in EU' }],
        cells: { database: { cell: 'eu-central-db', units: 1 }, compute: { cell: 'eu-central-cell', units: 500 } },
      },
      capacity: { places: 10, storage: { capacity: 10, free: 10 } },
      residency: { required: 'EU', satisfied: true },
      approvals: { required: [], role: 'approvals:decide', withinSeconds: 72 * 3600 },
      price: {
        currency: 'eur',
        now: { amount: 199_000, due: 'activation' },
        later: { amount: 199_000, every: 'year' },
        invoice: { due: 199_000 },
      },
      duration: { likelySeconds: 4, lateSeconds: 9, samples: 40 },
    });
    expect(seen.steps.map(({ id }) => id)).toHaveLength(10);
    expect(seen.resources).toContainEqual({
      step: 'database',
      provider: 'postgres',
      kind: 'postgres-schema',
      region: 'eu-central',
    });
  });

  test('an order without a payment method is possible, and says what follows', async () => {
    const [without, with_] = [await preview(), await preview({ paymentMethod: 'pm_card_visa' })];
    expect(without).toMatchObject({ possible: true, notes: [{ pointer: '/paymentMethod' }] });
    expect(with_.notes).toBeUndefined();
  });

  test('nothing is stored, and no run is started', async () => {
    const counted = async (): Promise<unknown> =>
      (
        await api.registry.pool.query(
          `select (select count(*) from tenant) as tenants, (select count(*) from operation) as operations,
           (select count(*) from reservation) as reservations, (select count(*) from tenant_key) as keys,
           (select count(*) from event) as events, (select count(*) from audit_entry) as entries`,
        )
      ).rows;
    const [before, started] = [await counted(), api.runs.started.length];
    await preview();
    expect(await counted()).toEqual(before);
    expect(api.runs.started).toHaveLength(started);
  });

  test('all violations are told at once, in the words of the order’s refusal', async () => {
    const wrong: Partial<TenantProvisioningRequest> = {
      subscription: { plan: 'starter', billingCycle: 'monthly', features: ['teleportation'] },
      customizations: { storageQuotaGb: -1 },
      configuration: { customDomain: 'shop.tenants.harbour.example' },
      region: 'mars-north',
    };
    const { possible, violations } = await preview(wrong);
    expect(possible).toBe(false);
    expect(violations).toEqual(await ordered(wrong));
    expect(violations.map(({ pointer }) => pointer)).toEqual([
      '/subscription/features/0',
      '/customizations/storageQuotaGb',
      '/configuration/customDomain',
      '/region',
    ]);
  });

  test('a body that is no order is answered with the errors that an order would get', async () => {
    const body = { ...order(), tenantName: 'X', colour: 'red' };
    const seen = expectAnswer(await orderer.post('/v1/tenants:preview', body), 200, previewSchema);
    const refused = await orderer.post('/v1/tenants', body);
    expect(seen.violations).toEqual((refused.body as Problem).errors);
    expect(reasonsOf(seen)).toMatchObject({ region: expect.stringContaining('not an order') as string });
    expect(expectAnswer(await orderer.post('/v1/tenants:preview', {}), 200, previewSchema).possible).toBe(false);
    expect(expectAnswer(await orderer.post('/v1/tenants:preview'), 200, previewSchema).possible).toBe(false);
  });

  test('a name or a domain that is held is told in the words of the order’s refusal', async () => {
    const configuration = { customDomain: 'cranes.harbour-customer.com' };
    const { order: held } = await placeOrder(orderer, { configuration });
    const taken = { tenantName: held.tenantName };
    expect((await preview(taken)).violations).toEqual(await ordered(taken));
    expect((await preview({ configuration })).violations).toEqual(await ordered({ configuration }));
  });

  test('an order that only the worker would refuse is told so: transfers, missing capabilities, full regions', async () => {
    const typesOf = async (changes: Partial<TenantProvisioningRequest>) =>
      (await preview(changes)).violations.map(({ type, pointer }) => [type, pointer]);
    await registerProfiles(api.registry, [
      regionProfile('us-east', 'US', { standbys: [{ cell: 'us-east-db', to: 'CN' }] }),
    ]);
    expect(await typesOf({ region: 'us-east' })).toEqual([['TransferNotAllowed', '/compliance/dataResidency']]);
    await registerProfiles(api.registry, REGIONS);
    expect(
      await typesOf({ compliance: { dataResidency: 'EU', retentionPeriod: 30, encryptionLevel: 'enhanced' } }),
    ).toEqual([['CapabilityMissing', '/compliance/encryptionLevel']]);
    await api.registry.pool.query(`update cell set used = capacity where region = 'eu-central' and kind = 'storage'`);
    const full = await preview({ region: 'eu-central' });
    expect(full.violations).toMatchObject([
      { type: 'CapacityExhausted', pointer: '', detail: expect.stringContaining('eu-central: storage') as string },
    ]);
    expect(reasonsOf(full)).toMatchObject({ resources: 'No region can serve the order. The violations say why.' });
    await api.registry.pool.query(`update cell set used = 0`);
  });

  test('a residency that is not possible is a violation, with a verdict', async () => {
    const { violations, residency } = await preview({
      compliance: { dataResidency: 'JP', retentionPeriod: 30, encryptionLevel: 'standard' },
    });
    expect(violations).toMatchObject([{ type: 'ResidencyNotPossible', pointer: '/compliance/dataResidency' }]);
    expect(residency).toEqual({ required: 'JP', satisfied: false, explanation: violations[0]!.detail });
  });

  describe('a place that is not possible is one violation, in the words of the order’s refusal', () => {
    const impossible: [string, Partial<TenantProvisioningRequest>, string][] = [
      ['a region that does not exist', { region: 'mars-north' }, 'RegionNotFound'],
      ['a residency that no region satisfies', { compliance: resident('JP') }, 'ResidencyNotPossible'],
      ['a region outside the residency', { region: 'us-east', compliance: resident('EU') }, 'ResidencyNotPossible'],
    ];
    const expectOne = async (changes: Partial<TenantProvisioningRequest>, type: string): Promise<void> => {
      const { violations } = await preview(changes);
      expect(violations).toEqual(await ordered(changes));
      expect(violations).toMatchObject([{ type }]);
    };

    test.each(impossible)('%s', (_, changes, type) => expectOne(changes, type));

    test.each(impossible)('%s, and the worker knows fewer regions than the registry', async (_, changes, type) => {
      await registerRegionProfiles(api.registry.pool, [regionProfile('eu-central', 'EU')]);
      await expectOne(changes, type);
    });

    test('a region that the worker’s file no longer has, although the order would be accepted', async () => {
      await registerRegionProfiles(api.registry.pool, [regionProfile('eu-central', 'EU')]);
      expect((await preview({ region: 'us-east' })).violations).toMatchObject([{ type: 'RegionNotFound' }]);
    });
  });

  test('customizations that need an approval are named, with who decides and how long they have', async () => {
    const { possible, approvals } = await preview({ customizations: { storageQuotaGb: 10 } });
    expect({ possible, approvals }).toEqual({
      possible: true,
      approvals: { required: ['storageQuotaGb'], role: 'approvals:decide', withinSeconds: 72 * 3600 },
    });
  });

  test('what the billing provider could not say is unknown, and the template’s price is shown', async () => {
    expect(reasonsOf(await preview())['price.invoice']).toMatch(/^No worker has asked the billing provider yet/);
    const price = { plan: 'starter' as const, cycle: 'monthly' as const, currency: 'eur' };
    await recordPlanPrice(api.registry.pool, { ...price, due: null, problem: 'Stripe did not answer in time.' });
    const seen = await preview();
    expect(reasonsOf(seen)['price.invoice']).toBe('Stripe did not answer in time. Only the template’s price is known.');
    expect(seen.price).toMatchObject({ later: { every: 'month' } });
    expect(seen.price).not.toHaveProperty('invoice');
  });

  test('until a worker has registered its regions, everything about the place is unknown and nothing is a violation', async () => {
    await registerRegionProfiles(api.registry.pool, []);
    const seen = await preview();
    expect(seen.violations).toEqual([]);
    expect(reasonsOf(seen)).toMatchObject({
      region: 'No worker has registered its regions yet.',
      capacity: 'No worker has registered its regions yet.',
    });
  });

  test('a caller who may not order may not preview', async () => {
    expectProblem(await (await api.as(['tenants:read'])).post('/v1/tenants:preview', order()), 'forbidden');
  });
});
