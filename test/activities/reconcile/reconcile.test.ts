import { randomBytes } from 'node:crypto';
import { createEffects } from '../../../activities/effects/effect';
import type { RegisteredKind } from '../../../activities/effects/resource-context';
import { createIdentity } from '../../../activities/provision/identity';
import { createIntegrations } from '../../../activities/provision/integrations';
import { createReconcile } from '../../../activities/reconcile/reconcile';
import type { Step } from '../../../contract/operations/steps';
import type { Access } from '../../../contract/tenants/access';
import type { ResourceKind } from '../../../providers/port/kind';
import { failure } from '../../../providers/port/failures';
import { mixedAccess } from '../../../providers/port/mixed-access';
import { createBilling, type Billing } from '../../../providers/stripe/stripe';
import { registerCells, reserve } from '../../../registry/capacity/capacity';
import { transaction } from '../../../registry/database';
import { listDrift } from '../../../registry/ledger/drift';
import { listResources } from '../../../registry/ledger/ledger';
import { recordOutcome } from '../../../registry/operations/transitions';
import { loadTemplates } from '../../../templates/load';
import { acceptTenant, changed } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { activate } from '../../helpers/tenants/trials';
import { clientFor, startBench, type Bench } from '../../stack/simulators/stripe/support';

jest.setTimeout(180_000);

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('reconciling: not run, this machine has no PostgreSQL');

const REGION = 'eu-central';

suite('reconciling a tenant', () => {
  let registry: TestRegistry;
  let bench: Bench;
  let billing: Billing;
  /** What is at the provider of the test: how far it can be used, by its name. */
  let world: Map<string, Access | 'mixed'>;
  /** Whether the answer to the next change is lost. */
  let losesAnswer = false;
  beforeAll(async () => {
    registry = await createTestRegistry();
    bench = await startBench();
    bench.stripe = clientFor(bench.url, 'sk_test_bench', 30_000);
    billing = createBilling({ apiKey: 'sk_test_bench', url: bench.url, allowLiveKey: false });
    await billing.prepareBilling([loadTemplates('templates').get('starter')]);
    await registerCells(
      registry.pool,
      (['database', 'storage', 'compute'] as const).map((kind) => ({
        region: REGION,
        kind,
        cell: kind,
        capacity: 100,
      })),
    );
  });
  afterAll(async () => {
    await billing.close();
    await bench.close();
    await registry.drop();
  });
  beforeEach(() => void (world = new Map()));

  function kindOf(kind: string, remakeable = false): ResourceKind<never> {
    return {
      kind,
      provider: 'memory',
      global: true,
      actsOnce: true,
      ...(remakeable ? { remakeable } : {}),
      name: (tenantId) => `${kind}-${tenantId}`,
      find: ({ name }) => Promise.resolve(world.has(name) ? { state: 'present', id: name } : { state: 'absent' }),
      create: ({ name }) => {
        world.set(name, 'open');
        return Promise.resolve({ id: name });
      },
      update: ({ name }, { access }) => {
        world.set(name, access);
        if (!losesAnswer) return Promise.resolve();
        losesAnswer = false;
        return Promise.reject(failure('OutcomeUnknown', 'The answer was lost.'));
      },
      access: ({ name }) => {
        const access = world.get(name)!;
        return access === 'mixed'
          ? Promise.reject(mixedAccess(`${name} is open and closed.`))
          : Promise.resolve(access);
      },
      remove: ({ name }) => Promise.resolve(void world.delete(name)),
      async *list() {},
    };
  }

  /** What another operation has made, and links with the organization: what its settings say is all that it is. */
  const signIn: ResourceKind<never> = {
    ...kindOf('sign-in'),
    specOf: () => ({}),
    find: ({ name, tenantId, spec }) => {
      if (!world.has(name)) return Promise.resolve({ state: 'absent' });
      const isWhole = spec === undefined || world.has(`link-${tenantId}`);
      return Promise.resolve({ state: isWhole ? 'present' : 'partial', id: name });
    },
    update: ({ name, tenantId }, { access }) => {
      if (!world.has(`organization-${tenantId}`)) throw new Error('There is no organization.');
      for (const made of [name, `link-${tenantId}`]) world.set(made, access);
      return Promise.resolve();
    },
  };

  function dependencies() {
    const keycloak = {
      organization: kindOf('organization', true),
      groups: kindOf('groups', true),
      adminUser: kindOf('admin'),
    };
    const all = [...Object.values(keycloak), signIn, kindOf('bucket'), billing.customer, billing.subscription];
    const registered = (kind: string): RegisteredKind => ({
      kind: all.find((each) => each.kind === kind) as unknown as ResourceKind,
      classify: billing.classify,
    });
    const signal = () => new AbortController().signal;
    const { pool, keys } = registry;
    const effects = createEffects({
      pool,
      keys,
      signal,
      kindOf: (_, kind) => registered(kind),
      lateRequestSeconds: 1,
      repeatedRequestSeconds: 0,
    });
    const kinds = {
      find: (_: string, kind: string) => registered(kind),
      of: <Spec>(kind: ResourceKind<Spec>) => ({ kind, classify: billing.classify }),
    };
    return { pool, keys, billing, keycloak, effects, kinds, signal, bucket: kindOf('bucket') };
  }

  /** An active tenant with an organization, an admin, a bucket and a subscription that charges. */
  async function provisioned() {
    const { tenantId, operationId } = await acceptTenant(registry, { paymentMethod: 'pm_card_visa' });
    const { bucket, ...made } = dependencies();
    await registry.pool.query(`update operation set region = $2 where operation_id = $1`, [operationId, REGION]);
    await transaction(registry.pool, (client) =>
      reserve(client, {
        tenantId,
        region: REGION,
        hostname: `${tenantId}.example.com`,
        computeCells: ['compute'],
        units: { database: 1, storage: 1, compute: 1 },
      }),
    );
    await createIdentity(made).createOrganization({ operationId, step: 'identity' });
    await createIntegrations(made).setUpIntegrations({ operationId, step: 'integrations' });
    const target = { operationId, tenantId, step: 'storage-and-compute', region: 'global' } as const;
    await made.effects.ensure({ kind: bucket, classify: billing.classify }, target, {} as never);
    await activate(registry, operationId);
    const subscription = await idOf(tenantId, 'billing-subscription');
    const idempotencyKey = randomBytes(8).toString('hex');
    const { signal } = new AbortController();
    await billing.activateSubscription({ tenantId, subscription, idempotencyKey, signal });
    return { tenantId, subscription };
  }

  const idOf = async (tenantId: string, kind: string) =>
    (await listResources(registry.pool, tenantId)).find((row) => row.kind === kind)!.externalId!;

  async function reconcile(tenantId: string, step: Step, dryRun = false) {
    const operationId = await changed(registry, tenantId, { kind: 'reconcile', parameters: { dryRun } }, 'running');
    await createReconcile(dependencies()).reconcileStep({ operationId, step, dryRun });
    const drift = await listDrift(registry.pool, operationId);
    await completed(operationId);
    return drift.map(({ kind, what, was, is, outcome }) => ({ kind, what, was, is, outcome }));
  }
  const completed = (operationId: string) => recordOutcome(registry.pool, { operationId, status: 'completed' });

  test('finds nothing in what is as the ledger says', async () => {
    const { tenantId } = await provisioned();
    for (const step of ['storage-and-compute', 'identity', 'integrations'] as const)
      expect(await reconcile(tenantId, step)).toEqual([]);
  });

  test('a dry run only lists; without one, what was lost is made again', async () => {
    const { tenantId } = await provisioned();
    world.delete(`organization-${tenantId}`);
    const lost = { kind: 'organization', what: 'existence', was: 'present', is: 'absent' };
    expect(await reconcile(tenantId, 'identity', true)).toEqual([{ ...lost, outcome: 'found' }]);
    expect(world.has(`organization-${tenantId}`)).toBe(false);
    expect(await reconcile(tenantId, 'identity')).toEqual([{ ...lost, outcome: 'mended' }]);
    expect(world.get(`organization-${tenantId}`)).toBe('open');
    expect(await reconcile(tenantId, 'identity')).toEqual([]);
  });

  test.each([
    ['no longer linked, because the organization was lost', ['organization', 'link'], 'configuration'],
    ['lost', ['sign-in', 'link'], 'existence'],
    ['lost together with the organization', ['organization', 'sign-in', 'link'], 'existence'],
  ])('a sign-in that is %s is restored as it was configured', async (_, gone, what) => {
    const { tenantId } = await provisioned();
    const { effects } = dependencies();
    const operationId = await changed(registry, tenantId, { kind: 'configure-sso', parameters: {} }, 'running');
    const target = { operationId, tenantId, step: 'identity', region: 'global' } as const;
    await effects.ensure({ kind: signIn, classify: billing.classify }, target, {} as never);
    await completed(operationId);
    world.set(`link-${tenantId}`, 'open');
    for (const each of gone) world.delete(`${each}-${tenantId}`);
    const found = await reconcile(tenantId, 'identity');
    expect(found).toContainEqual(expect.objectContaining({ kind: 'sign-in', what, outcome: 'mended' }));
    expect(found.map(({ outcome }) => outcome)).not.toContain('left');
    expect([...world.keys()].sort()).toEqual(
      ['admin', 'bucket', 'groups', 'link', 'organization', 'sign-in'].map((each) => `${each}-${tenantId}`),
    );
    const states = (await listResources(registry.pool, tenantId)).filter(({ step }) => step === 'identity');
    expect(states.map(({ state }) => state)).toEqual(['present', 'present', 'present', 'present']);
    expect(await reconcile(tenantId, 'identity')).toEqual([]);
  });

  test('an admin whom the customer may have deleted is not made again', async () => {
    const { tenantId } = await provisioned();
    world.delete(`admin-${tenantId}`);
    expect(await reconcile(tenantId, 'identity')).toMatchObject([{ kind: 'admin', is: 'absent', outcome: 'left' }]);
    expect(world.has(`admin-${tenantId}`)).toBe(false);
  });

  test('what an interrupted attempt has begun to make again is finished by the next one', async () => {
    const { tenantId } = await provisioned();
    world.delete(`organization-${tenantId}`);
    await registry.pool.query(
      `update resource set state = 'intended' where tenant_id = $1 and kind in ('organization', 'groups', 'admin')`,
      [tenantId],
    );
    expect(await reconcile(tenantId, 'identity')).toMatchObject([{ kind: 'organization', outcome: 'mended' }]);
    const states = (await listResources(registry.pool, tenantId)).filter(({ step }) => step === 'identity');
    expect(states.map(({ state }) => state)).toEqual(['present', 'present', 'present']);
  });

  test('another access than the ledger says is changed back', async () => {
    const { tenantId } = await provisioned();
    world.set(`bucket-${tenantId}`, 'closed');
    expect(await reconcile(tenantId, 'storage-and-compute')).toEqual([
      { kind: 'bucket', what: 'access', was: 'open', is: 'closed', outcome: 'mended' },
    ]);
    expect(world.get(`bucket-${tenantId}`)).toBe('open');
  });

  test('access that was changed back by an attempt that lost the answer is finished by the next one', async () => {
    const { tenantId } = await provisioned();
    world.set(`bucket-${tenantId}`, 'closed');
    const change = { kind: 'reconcile', parameters: { dryRun: false } } as const;
    const operationId = await changed(registry, tenantId, change, 'running');
    const attempt = () =>
      createReconcile(dependencies()).reconcileStep({ operationId, step: 'storage-and-compute', dryRun: false });
    losesAnswer = true;
    await expect(attempt()).rejects.toThrow('The answer was lost.');
    await attempt();
    await completed(operationId);
    expect(world.get(`bucket-${tenantId}`)).toBe('open');
    const bucket = (await listResources(registry.pool, tenantId)).find(({ kind }) => kind === 'bucket');
    expect(bucket).toMatchObject({ state: 'present', settingsBefore: null });
  });

  test('access that is open in one place and closed in another is changed back', async () => {
    const { tenantId } = await provisioned();
    world.set(`bucket-${tenantId}`, 'mixed');
    expect(await reconcile(tenantId, 'storage-and-compute')).toEqual([
      { kind: 'bucket', what: 'access', was: 'open', is: 'mixed', outcome: 'mended' },
    ]);
    expect(world.get(`bucket-${tenantId}`)).toBe('open');
  });

  test('what held the tenant’s data is not made again, but left to a person', async () => {
    const { tenantId } = await provisioned();
    world.delete(`bucket-${tenantId}`);
    expect(await reconcile(tenantId, 'storage-and-compute')).toEqual([
      { kind: 'bucket', what: 'existence', was: 'present', is: 'absent', outcome: 'left' },
    ]);
    expect(world.has(`bucket-${tenantId}`)).toBe(false);
  });

  test('a subscription that was cancelled by hand is replaced by one that charges when the old one would have', async () => {
    const { tenantId, subscription } = await provisioned();
    const before = await bench.stripe.subscriptions.cancel(subscription);
    expect(await reconcile(tenantId, 'integrations')).toMatchObject([
      { kind: 'billing-subscription', what: 'existence', is: 'absent', outcome: 'mended' },
    ]);
    const after = await bench.stripe.subscriptions.retrieve(await idOf(tenantId, 'billing-subscription'));
    expect(after.id).not.toBe(subscription);
    expect(after.trial_end).toBe(before.items.data[0]!.current_period_end);
    expect(after.default_payment_method).toBe(before.default_payment_method);
    expect(await reconcile(tenantId, 'integrations')).toEqual([]);
  });

  test('a subscription is not replaced while its customer is lost, too', async () => {
    const { tenantId } = await provisioned();
    await bench.stripe.customers.del(await idOf(tenantId, 'billing-customer'));
    expect((await reconcile(tenantId, 'integrations')).map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['billing-customer', 'left'],
      ['billing-subscription', 'left'],
    ]);
  });

  test('another quantity is changed back', async () => {
    const { tenantId, subscription } = await provisioned();
    const { items } = await bench.stripe.subscriptions.retrieve(subscription);
    await bench.stripe.subscriptions.update(subscription, {
      items: [{ id: items.data[0]!.id, quantity: 3 }],
      proration_behavior: 'none',
    });
    expect(await reconcile(tenantId, 'integrations')).toMatchObject([
      { what: 'prices', is: expect.stringContaining('plan-starter-monthly × 3'), outcome: 'mended' },
    ]);
    const after = await bench.stripe.subscriptions.retrieve(subscription);
    expect(after.items.data[0]!.quantity).toBe(1);
  });
});
