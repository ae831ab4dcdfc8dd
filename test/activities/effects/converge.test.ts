import { createEffects, type Effects } from '../../../activities/effects/effect';
import type { RegisteredKind } from '../../../activities/effects/resource-context';
import type { Access } from '../../../contract/tenants/access';
import { failure } from '../../../providers/port/failures';
import type { ResourceKind } from '../../../providers/port/kind';
import { settleChanges } from '../../../registry/ledger/changes';
import { intend, listResources, listUnreleased, markPresent } from '../../../registry/ledger/ledger';
import { acceptChange } from '../../../registry/operations/change-acceptance';
import { requestResolution, takeResolution } from '../../../registry/operations/resolutions';
import { recordOutcome } from '../../../registry/operations/transitions';
import { acceptTenant } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('changing resources: not run, this machine has no PostgreSQL');

const LATE_REQUEST_SECONDS = 100;
const REPEATED_REQUEST_SECONDS = 50;
const STEP = 'storage-and-compute';

suite('changing what a tenant has', () => {
  let registry: TestRegistry;
  let world: Map<string, Access>;
  let calls: string[];
  /** What the provider does before it carries out a change. */
  let provider: (kind: string, access: Access) => Promise<void>;
  let effects: Effects;

  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(() => {
    world = new Map();
    calls = [];
    provider = () => Promise.resolve();
    effects = effectsOf(true);
  });

  /** `door` and `gate` can be closed; nothing can be changed about a `wall`. */
  function kindOf(name: string, actsOnce: boolean): RegisteredKind {
    const changeable: Pick<ResourceKind, 'update' | 'access'> = {
      update: async (context, { access }) => {
        calls.push(`${name} ${access}`);
        await provider(name, access);
        world.set(context.name, access);
      },
      access: ({ name: at }) => Promise.resolve(world.get(at)!),
    };
    const kind: ResourceKind = {
      kind: name,
      provider: 'memory',
      ...(actsOnce ? { actsOnce } : {}),
      name: (tenantId) => `${name}-${tenantId}`,
      find: ({ name: at }) => Promise.resolve({ state: 'present', id: at }),
      create: ({ name: at }) => Promise.resolve({ id: at }),
      remove: () => Promise.resolve(),
      async *list() {},
      ...(name === 'wall' ? {} : changeable),
    };
    return { kind, classify: () => undefined };
  }

  function effectsOf(actsOnce: boolean): Effects {
    return createEffects({
      pool: registry.pool,
      keys: registry.keys,
      kindOf: (_, name) => kindOf(name, actsOnce),
      signal: () => AbortSignal.timeout(10_000),
      lateRequestSeconds: LATE_REQUEST_SECONDS,
      repeatedRequestSeconds: REPEATED_REQUEST_SECONDS,
    });
  }

  /** An active tenant with a door, a gate and a wall, and an operation that suspends it. */
  async function suspending(access: Access = 'closed') {
    const { tenantId, operationId: provisioning } = await acceptTenant(registry);
    for (const kind of ['door', 'gate', 'wall']) {
      const about = {
        tenantId,
        operationId: provisioning,
        step: STEP,
        kind,
        provider: 'memory',
        region: 'eu',
        cell: '',
      } as const;
      const row = await intend(registry.pool, { ...about, name: `${kind}-${tenantId}` });
      await markPresent(registry.pool, row!.resourceId, `${kind}-${tenantId}`, {});
      world.set(`${kind}-${tenantId}`, 'open');
    }
    await registry.pool.query(`update operation set status = 'active', region = 'eu' where operation_id = $1`, [
      provisioning,
    ]);
    return changing('suspend', tenantId, access);
  }

  async function changing(kind: 'suspend' | 'resume', tenantId: string, access: Access) {
    const accepted = await acceptChange(registry.pool, registry.keys, {
      kind,
      tenantId,
      caller: 'token:operator',
      requestHash: Buffer.from('x'),
      parameters: { access, reason: 'abuse' },
    });
    if (accepted.outcome !== 'accepted') throw new Error(accepted.outcome);
    const { operationId } = accepted.run;
    await recordOutcome(registry.pool, { operationId, status: 'running' });
    return { tenantId, operationId, step: STEP } as const;
  }

  const row = async (tenantId: string, kind: string) =>
    (await listResources(registry.pool, tenantId)).find((each) => each.kind === kind)!;
  const undo = async ({ operationId }: { operationId: string }) => {
    await recordOutcome(registry.pool, { operationId, status: 'compensating' });
    await effects.revertStep(operationId, STEP);
  };

  test('is announced in the ledger, with what was before, before the provider is called', async () => {
    const change = await suspending();
    provider = async (kind) =>
      expect(await row(change.tenantId, kind)).toMatchObject({
        state: 'changing',
        settings: { access: 'closed' },
        settingsBefore: { access: 'open' },
      });
    await effects.convergeStep(change, { access: 'closed' });
    expect(calls).toEqual(['door closed', 'gate closed']);
    expect(await row(change.tenantId, 'door')).toMatchObject({ state: 'present', settings: { access: 'closed' } });
    expect(await row(change.tenantId, 'wall')).toMatchObject({
      state: 'present',
      settings: { access: 'open' },
      settingsBefore: null,
    });
  });

  test('of one setting of one kind keeps the others, and the undo brings back all', async () => {
    const change = await suspending();
    await registry.pool.query(`update resource set settings = settings || '{"sso": "first"}' where tenant_id = $1`, [
      change.tenantId,
    ]);
    await effects.convergeStep({ ...change, kind: 'door' }, { access: 'closed' });
    expect(calls).toEqual(['door closed']);
    expect(await row(change.tenantId, 'door')).toMatchObject({ settings: { access: 'closed', sso: 'first' } });
    await effects.convergeStep({ ...change, kind: 'door' }, { sso: null });
    expect(await row(change.tenantId, 'door')).toMatchObject({ settings: { access: 'closed', sso: null } });
    await undo(change);
    expect((await row(change.tenantId, 'door')).settings).toEqual({ access: 'open', sso: 'first' });
  });

  test('is undone in reverse, back to what was before the operation', async () => {
    const change = await suspending();
    await effects.convergeStep(change, { access: 'closed' });
    await effects.convergeStep(change, { access: 'read-only' });
    calls = [];
    await undo(change);
    expect(calls).toEqual(['gate open', 'door open']);
    for (const kind of ['door', 'gate'])
      expect(await row(change.tenantId, kind)).toMatchObject({
        state: 'present',
        settings: { access: 'open' },
        settingsBefore: null,
      });
    expect(await listUnreleased(registry.pool, change.operationId)).toEqual([]);
  });

  test('is not begun once its run is being compensated', async () => {
    const change = await suspending();
    await recordOutcome(registry.pool, { operationId: change.operationId, status: 'compensating' });
    await expect(effects.convergeStep(change, { access: 'closed' })).rejects.toMatchObject({
      type: 'CompensationBegun',
    });
    expect(calls).toEqual([]);
  });

  test('that one resource refuses holds up no other one, and is undone at once', async () => {
    const change = await suspending();
    provider = (kind) => (kind === 'door' ? Promise.reject(failure('ProviderRefused', 'no')) : Promise.resolve());
    await expect(effects.convergeStep(change, { access: 'closed' })).rejects.toMatchObject({ type: 'ProviderRefused' });
    expect(await row(change.tenantId, 'door')).toMatchObject({ state: 'changing', lastError: 'no' });
    expect(await row(change.tenantId, 'gate')).toMatchObject({ state: 'present', settings: { access: 'closed' } });
    provider = () => Promise.resolve();
    await undo(change);
    expect(world.get(`gate-${change.tenantId}`)).toBe('open');
  });

  test('without an answer may come late: the undo repeats itself until it cannot', async () => {
    const change = await suspending();
    provider = (kind) =>
      kind === 'door' ? Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' })) : Promise.resolve();
    await expect(effects.convergeStep(change, { access: 'closed' })).rejects.toMatchObject({ type: 'AnswerLost' });
    provider = () => Promise.resolve();
    await expect(undo(change)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
    expect(await row(change.tenantId, 'door')).toMatchObject({ state: 'changing', settingsBefore: { access: 'open' } });
    // The late request arrives, and the time in which it could is over.
    world.set(`door-${change.tenantId}`, 'closed');
    await registry.pool.query(`update resource set change_in_flight_until = now() where tenant_id = $1`, [
      change.tenantId,
    ]);
    await effects.revertStep(change.operationId, STEP);
    expect(world.get(`door-${change.tenantId}`)).toBe('open');
    expect(await row(change.tenantId, 'door')).toMatchObject({ state: 'present', settings: { access: 'open' } });
  });

  test('may be delivered twice where the provider does not notice: the undo repeats itself for that long', async () => {
    effects = effectsOf(false);
    const change = await suspending();
    await effects.convergeStep(change, { access: 'closed' });
    const { changeInFlightUntil } = await row(change.tenantId, 'door');
    expect((changeInFlightUntil!.getTime() - Date.now()) / 1000).toBeGreaterThan(REPEATED_REQUEST_SECONDS - 10);
    await expect(undo(change)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
  });

  test('waits as long as a request of an earlier operation may still arrive', async () => {
    const { tenantId, operationId } = await suspending();
    provider = () => Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    const closing = effects.convergeStep({ tenantId, operationId, step: STEP }, { access: 'closed' });
    await expect(closing).rejects.toMatchObject({ type: 'AnswerLost' });
    provider = () => Promise.resolve();
    await effects.convergeStep({ tenantId, operationId, step: STEP }, { access: 'closed' });
    await recordOutcome(registry.pool, { operationId, status: 'completed' });
    const resumption = await changing('resume', tenantId, 'open');
    calls = [];
    await expect(effects.convergeStep(resumption, { access: 'open' })).rejects.toMatchObject({
      type: 'ProviderUnavailable',
      nextRetryDelay: 15_000,
    });
    expect(calls).toEqual([]);
    await registry.pool.query(`update resource set change_in_flight_until = now() where tenant_id = $1`, [tenantId]);
    await effects.convergeStep(resumption, { access: 'open' });
    expect(calls).toEqual(['door open', 'gate open']);
  });

  test('that cannot be undone is a leftover, which an operator can accept', async () => {
    const change = await suspending();
    await effects.convergeStep(change, { access: 'closed' });
    provider = (kind) => (kind === 'gate' ? Promise.reject(failure('ProviderRefused', 'no')) : Promise.resolve());
    await expect(undo(change)).rejects.toMatchObject({ type: 'ProviderRefused' });
    const left = await listUnreleased(registry.pool, change.operationId);
    expect(left.map(({ kind, lastError }) => [kind, lastError])).toEqual([['gate', 'no']]);
    await recordOutcome(registry.pool, { operationId: change.operationId, status: 'needs_operator' });
    const { resolutionId } = await requestResolution(registry.pool, {
      resolutionId: crypto.randomUUID(),
      operationId: change.operationId,
      verb: 'accept',
      reason: 'Opened by hand.',
      requestedBy: 'token:operator',
      verified: true,
      idempotencyKey: null,
      requestHash: null,
      orderCiphertext: null,
      leftovers: [{ kind: 'gate', id: `gate-${change.tenantId}` }],
    });
    const { operationId } = change;
    expect(await takeResolution(registry.pool, { operationId, resolutionId, verb: 'accept', steps: [] })).toBe('taken');
    expect(await listUnreleased(registry.pool, operationId)).toEqual([]);
    expect(await row(change.tenantId, 'gate')).toMatchObject({ state: 'present', settings: { access: 'open' } });
  });

  test('is there to stay once the operation has succeeded', async () => {
    const change = await suspending();
    await effects.convergeStep(change, { access: 'closed' });
    await settleChanges(registry.pool, change.operationId);
    calls = [];
    await effects.revertStep(change.operationId, STEP);
    expect(calls).toEqual([]);
    expect(await row(change.tenantId, 'door')).toMatchObject({ settings: { access: 'closed' }, settingsBefore: null });
  });

  test('is tried from outside and compared with what it should be', async () => {
    const change = await suspending();
    const door = await row(change.tenantId, 'door');
    expect(await effects.tryAccess(door, 'closed')).toEqual({ passed: false, answered: 'open' });
    await effects.convergeStep(change, { access: 'closed' });
    expect(await effects.tryAccess(door, 'closed')).toEqual({ passed: true, answered: 'closed' });
  });
});
