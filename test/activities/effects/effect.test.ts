import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { createHash, randomUUID } from 'node:crypto';
import { createEffects, type Effects } from '../../../activities/effects/effect';
import { type Orphan } from '../../../activities/effects/release';
import { type Target } from '../../../activities/effects/ensure';
import { type RegisteredKind } from '../../../activities/effects/resource-context';
import { failure } from '../../../providers/port/failures';
import type { ResourceContext, ResourceKind } from '../../../providers/port/kind';
import { closeStep, intend, listResources, type LedgerRow } from '../../../registry/ledger/ledger';
import { destroyTenantKey } from '../../../registry/keys/tenant-keys';
import { acceptOrder } from '../../../registry/operations/acceptance';
import { loadTemplates } from '../../../templates/load';
import { createTestRegistry, type TestRegistry } from '../../helpers/registry';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await createTestRegistry();
});
afterAll(async () => registry.drop());

const LATE_REQUEST_SECONDS = 100;
const REPEATED_REQUEST_SECONDS = 50;

/** A provider in memory that logs its calls and can be made to fail: the tests are about the mechanism around it. */
function provider({ signal = AbortSignal.timeout(10_000), actsOnce = true } = {}) {
  const held = new Map<string, 'ours' | 'foreign' | 'partial' | 'scheduled'>();
  const contexts: ResourceContext[] = [];
  const calls: string[] = [];
  const keys: string[] = [];
  const on: {
    find?: () => Promise<unknown>;
    scheduled?: { facts: Record<string, unknown> };
    create?: (context: ResourceContext) => Promise<void>;
    remove?: () => Promise<void>;
  } = {};
  const kind: ResourceKind = {
    kind: 'thing',
    provider: 'memory',
    ...(actsOnce && { actsOnce }),
    name: (tenantId) => `t-${tenantId}`,
    find: async (context) => {
      const { name } = context;
      calls.push('find');
      contexts.push(context);
      await on.find?.();
      const whose = held.get(name);
      if (whose === 'foreign') return { state: 'foreign' };
      if (whose === 'scheduled') return { state: 'scheduled', id: name, ...on.scheduled };
      return whose ? { state: whose === 'partial' ? 'partial' : 'present', id: name } : { state: 'absent' };
    },
    create: async (context) => {
      calls.push('create');
      keys.push(context.idempotencyKey);
      await on.create?.(context);
      held.set(context.name, 'ours');
      return { id: context.name, facts: { made: true } };
    },
    remove: async (context) => {
      const { name } = context;
      calls.push('remove');
      contexts.push(context);
      await on.remove?.();
      if (held.get(name) === 'ours') held.delete(name);
    },
    async *list() {},
  };
  const registered: RegisteredKind = { kind, classify: () => undefined };
  const effects: Effects = createEffects({
    pool: registry.pool,
    keys: registry.keys,
    kindOf: () => registered,
    signal: () => signal,
    lateRequestSeconds: LATE_REQUEST_SECONDS,
    repeatedRequestSeconds: REPEATED_REQUEST_SECONDS,
  });
  return { held, calls, contexts, keys, on, effects, registered };
}

/** An accepted operation, because ledger rows refer to one. */
async function target(): Promise<Target> {
  const accepted = await acceptOrder(registry.pool, registry.keys, {
    caller: 'test',
    requestHash: createHash('sha256').update('x').digest(),
    order: {
      tenantName: `effect-${randomUUID()}`,
      organizationName: 'Test',
      adminUser: { email: 'ada@example.org', firstName: 'Ada', lastName: 'L', role: 'owner' },
      subscription: { plan: 'starter', billingCycle: 'monthly', features: [] },
      configuration: {},
    },
    template: loadTemplates('templates').get('starter'),
    approvalsRequired: [],
  });
  if (accepted.outcome !== 'accepted') throw new Error('not accepted');
  return { operationId: accepted.operationId, tenantId: accepted.tenantId, step: 'database', region: 'eu-central' };
}

async function rowOf({ tenantId }: Target): Promise<LedgerRow> {
  return (await listResources(registry.pool, tenantId)).find((row) => row.kind === 'thing')!;
}

describe('ensure', () => {
  test('the intent is in the ledger before the provider is called', async () => {
    const { effects, registered, on } = provider();
    const where = await target();
    on.create = async () => expect(await rowOf(where)).toMatchObject({ state: 'intended' });
    await effects.ensure(registered, where, {});
    expect(await rowOf(where)).toMatchObject({
      state: 'present',
      externalId: `t-${where.tenantId}`,
      facts: { made: true },
    });
  });

  test('a resource recorded as present is not requested again', async () => {
    const { effects, registered, calls } = provider();
    const where = await target();
    await effects.ensure(registered, where, {});
    const again = await effects.ensure(registered, where, {});
    expect(again.id).toBe(`t-${where.tenantId}`);
    expect(calls).toEqual(['find', 'create']);
  });

  test('a creation whose answer was lost is found, not repeated', async () => {
    const { effects, registered, calls, held, on } = provider();
    const where = await target();
    on.create = ({ name }) => {
      held.set(name, 'ours');
      return Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    };
    await expect(effects.ensure(registered, where, {})).rejects.toMatchObject({
      type: 'AnswerLost',
      nonRetryable: false,
    });
    await effects.ensure(registered, where, {});
    expect(calls.filter((call) => call === 'create')).toHaveLength(1);
    expect(await rowOf(where)).toMatchObject({ state: 'present' });
  });

  test('a repeat after an unknown outcome uses the same idempotency key, and a repeat after a definite refusal a new one', async () => {
    const { effects, registered, keys, on } = provider();
    const where = await target();
    on.create = () => Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    await expect(effects.ensure(registered, where, {})).rejects.toThrow();
    on.create = () => Promise.reject(failure('ProviderRefused', 'no'));
    await expect(effects.ensure(registered, where, {})).rejects.toMatchObject({ nonRetryable: true });
    delete on.create;
    await effects.ensure(registered, where, {});
    expect(keys).toEqual([0, 0, 1].map((generation) => `${where.operationId}:thing:${generation}`));
  });

  test('a foreign resource of the same name is left alone and fails the step', async () => {
    const { effects, registered, held, calls } = provider();
    const where = await target();
    held.set(`t-${where.tenantId}`, 'foreign');
    await expect(effects.ensure(registered, where, {})).rejects.toMatchObject({
      type: 'ResourceNotOurs',
      nonRetryable: true,
    });
    await effects.releaseStep(where.operationId, 'database');
    expect(held.get(`t-${where.tenantId}`)).toBe('foreign');
    expect(calls).not.toContain('create');
    expect(await rowOf(where)).toMatchObject({ state: 'absent' });
  });

  test('the fence: a resource finished after compensation began is removed again', async () => {
    const { effects, registered, held, on } = provider();
    const where = await target();
    on.create = async () => void (await closeStep(registry.pool, where.operationId, 'database'));
    await expect(effects.ensure(registered, where, {})).rejects.toMatchObject({ type: 'CompensationBegun' });
    expect(held.size).toBe(0);
    expect(await rowOf(where)).toMatchObject({ state: 'closing' });
  });

  test('nothing is created once compensation has begun', async () => {
    const { effects, registered, calls } = provider();
    const where = await target();
    await effects.ensure(registered, where, {});
    await effects.releaseStep(where.operationId, 'database');
    calls.length = 0;
    await expect(effects.ensure(registered, where, {})).rejects.toMatchObject({ type: 'CompensationBegun' });
    expect(calls).toEqual([]);
  });
});

describe('a creation overtaken by compensation', () => {
  const timedOut = () => Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' });
  const close = ({ operationId }: Target) => closeStep(registry.pool, operationId, 'database');
  /** Moves the row past the time during which its request counts as in flight. */
  const landed = ({ operationId }: Target) =>
    registry.pool.query(`update resource set in_flight_until = now() where operation_id = $1`, [operationId]);
  const looksAgain = async ({ effects }: ReturnType<typeof provider>, where: Target): Promise<void> => {
    await expect(effects.releaseStep(where.operationId, 'database')).rejects.toMatchObject({
      ...{ type: 'OutcomeUnknown', nextRetryDelay: expect.any(Number) as number },
    });
    expect(await rowOf(where)).toMatchObject({ state: 'closing' });
  };

  test('is not requested when the row was closed between look-up and request: no later undo would remove it', async () => {
    const { effects, registered, on, calls } = provider();
    const where = await target();
    on.find = () => close(where);
    await expect(effects.ensure(registered, where, {})).rejects.toMatchObject({ type: 'CompensationBegun' });
    expect(calls).toEqual(['find']);
  });

  test('gets no ledger row once the operation is compensating: its undo may already have passed that step', async () => {
    const { effects, registered, calls } = provider();
    const where = await target();
    await registry.pool.query(`update operation set status = 'compensating' where operation_id = $1`, [
      where.operationId,
    ]);
    await expect(effects.ensure(registered, where, {})).rejects.toMatchObject({ type: 'CompensationBegun' });
    expect(calls).toEqual([]);
    expect(await rowOf(where)).toBeUndefined();
  });

  test.each([
    ['no answer', timedOut],
    ['a cancellation', () => new CancelledFailure('cancelled')],
  ])('and ends with %s is waited for, however long it had taken', async (_, ending) => {
    const it = provider();
    const where = await target();
    it.on.create = async () => {
      await close(where);
      await landed(where);
      throw ending();
    };
    await expect(it.effects.ensure(it.registered, where, {})).rejects.toThrow();
    await looksAgain(it, where);
    it.held.set(`t-${where.tenantId}`, 'ours');
    await landed(where);
    await it.effects.releaseStep(where.operationId, 'database');
    expect(it.held.size).toBe(0);
    expect(await rowOf(where)).toMatchObject({ state: 'absent' });
  });

  /** Seconds until the ledger says that no request can take effect any more. */
  const secondsInFlight = async (where: Target): Promise<number> =>
    ((await rowOf(where)).inFlightUntil?.getTime() ?? 0) / 1000 - Date.now() / 1000;

  test('and had no answer is looked up repeatedly, for as long as its bytes may be on their way', async () => {
    const it = provider();
    const where = await target();
    it.on.create = () => Promise.reject(timedOut());
    await expect(it.effects.ensure(it.registered, where, {})).rejects.toMatchObject({ type: 'AnswerLost' });
    expect(await secondsInFlight(where)).toBeGreaterThan(LATE_REQUEST_SECONDS - 10);
    const again: unknown = await it.effects.releaseStep(where.operationId, 'database').catch((error: unknown) => error);
    expect((again as ApplicationFailure).nextRetryDelay).toBeLessThanOrEqual(15_000);
  });

  test('and was refused with "not now" is waited for only briefly', async () => {
    const it = provider();
    const where = await target();
    it.on.create = () => Promise.reject(failure('ProviderThrottled', 'not now'));
    await expect(it.effects.ensure(it.registered, where, {})).rejects.toMatchObject({ type: 'ProviderThrottled' });
    expect(await secondsInFlight(where)).toBeLessThanOrEqual(15);
  });

  test('and is answered, and undone by the fence, is not waited for', async () => {
    const it = provider();
    const where = await target();
    it.on.create = async () => void (await close(where));
    await expect(it.effects.ensure(it.registered, where, {})).rejects.toMatchObject({ type: 'CompensationBegun' });
    await it.effects.releaseStep(where.operationId, 'database');
    expect(await rowOf(where)).toMatchObject({ state: 'absent' });
  });

  test('and is answered may be delivered twice, so the undo looks again for what the second delivery makes', async () => {
    const it = provider({ actsOnce: false });
    const where = await target();
    await it.effects.ensure(it.registered, where, {});
    expect(await secondsInFlight(where)).toBeGreaterThan(REPEATED_REQUEST_SECONDS - 10);
    await looksAgain(it, where);
    it.held.set(`t-${where.tenantId}`, 'ours');
    await landed(where);
    await it.effects.releaseStep(where.operationId, 'database');
    expect(it.held.size).toBe(0);
    expect(await rowOf(where)).toMatchObject({ state: 'absent' });
  });

  test('and is undone by the fence may also be delivered twice', async () => {
    const it = provider({ actsOnce: false });
    const where = await target();
    it.on.create = async () => void (await close(where));
    await expect(it.effects.ensure(it.registered, where, {})).rejects.toMatchObject({ type: 'CompensationBegun' });
    expect(await secondsInFlight(where)).toBeGreaterThan(REPEATED_REQUEST_SECONDS - 10);
    await looksAgain(it, where);
  });

  test('whose run was cancelled may wait for its answer a little longer', async () => {
    const cancel = new AbortController();
    const it = provider({ signal: cancel.signal });
    const where = await target();
    it.on.create = async ({ signal }) => {
      cancel.abort(new CancelledFailure('cancelled'));
      await Promise.resolve();
      signal.throwIfAborted();
    };
    await it.effects.ensure(it.registered, where, {});
    await it.effects.releaseStep(where.operationId, 'database');
    expect(await rowOf(where)).toMatchObject({ state: 'absent' });
  });

  test('is waited for as long as it is in progress', async () => {
    const it = provider();
    const where = await target();
    jest.useFakeTimers({ now: Date.now(), doNotFake: NOT_INTERVALS });
    try {
      it.on.create = async () => {
        await close(where);
        await landed(where);
        jest.advanceTimersByTime(5_000);
        while ((await rowOf(where)).inFlightUntil!.getTime() < Date.now() + 5_000);
        await looksAgain(it, where);
      };
      await expect(it.effects.ensure(it.registered, where, {})).rejects.toMatchObject({ type: 'CompensationBegun' });
    } finally {
      jest.useRealTimers();
    }
  });

  test('and had no answer is waited for, even if a later request was answered', async () => {
    const it = provider();
    const where = await target();
    it.on.create = () => Promise.reject(timedOut());
    await expect(it.effects.ensure(it.registered, where, {})).rejects.toMatchObject({ type: 'AnswerLost' });
    it.on.create = () => Promise.reject(failure('ProviderRefused', 'no'));
    await expect(it.effects.ensure(it.registered, where, {})).rejects.toMatchObject({ type: 'ProviderRefused' });
    delete it.on.create;
    await it.effects.ensure(it.registered, where, {});
    await looksAgain(it, where);
  });
});

/** Every timer function except `setInterval`. */
const NOT_INTERVALS = [
  ...(['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setTimeout', 'clearTimeout'] as const),
];

describe('release', () => {
  test('releasing a step twice, or a step that made nothing, succeeds', async () => {
    const { effects, registered } = provider();
    const where = await target();
    await effects.releaseStep(where.operationId, 'database');
    await effects.ensure(registered, { ...where, step: 'database' }, {});
    await effects.releaseStep(where.operationId, 'database');
    await effects.releaseStep(where.operationId, 'database');
    expect(await rowOf(where)).toMatchObject({ state: 'absent' });
  });

  test('a late success of an abandoned request is undone by the second look-up', async () => {
    const { effects, registered, held, on, calls } = provider();
    const where = await target();
    on.create = () => Promise.reject(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }));
    await expect(effects.ensure(registered, where, {})).rejects.toMatchObject({ type: 'AnswerLost' });
    const first: unknown = await effects.releaseStep(where.operationId, 'database').catch((error: unknown) => error);
    expect(first).toMatchObject({ type: 'OutcomeUnknown', nonRetryable: false });
    expect((first as ApplicationFailure).nextRetryDelay).toBeGreaterThan(1_000);
    expect(await rowOf(where)).toMatchObject({ state: 'closing' });

    held.set(`t-${where.tenantId}`, 'ours');
    await registry.pool.query(`update resource set in_flight_until = now() where operation_id = $1`, [
      where.operationId,
    ]);
    await effects.releaseStep(where.operationId, 'database');
    expect(calls.filter((call) => call === 'remove')).toHaveLength(2);
    expect(held.size).toBe(0);
    expect(await rowOf(where)).toMatchObject({ state: 'absent' });
  });

  test('a failing removal is recorded with its reason, and the row stays to be retried', async () => {
    const { effects, registered, on } = provider();
    const where = await target();
    await effects.ensure(registered, where, {});
    on.remove = () => Promise.reject(failure('ProviderRefused', 'thing: refused'));
    await expect(effects.releaseStep(where.operationId, 'database')).rejects.toBeInstanceOf(ApplicationFailure);
    expect(await rowOf(where)).toMatchObject({ state: 'closing', lastError: 'thing: refused' });
    delete on.remove;
    await effects.releaseStep(where.operationId, 'database');
    expect(await rowOf(where)).toMatchObject({ state: 'absent', lastError: null });
  });

  test.each([
    ['throttles', 'ProviderThrottled'],
    ['says when it will be back', 'ProviderUnavailable'],
  ] as const)('a provider that %s gets no further request in the same attempt', async (_, type) => {
    const { effects, registered, on, calls } = provider();
    const where = await target();
    await effects.ensure(registered, where, {});
    await intend(registry.pool, { ...where, cell: '', kind: 'older', provider: 'memory', name: 'older' });
    calls.length = 0;
    on.remove = () => Promise.reject(failure(type, 'thing: not now', { retryAfterMs: 3_000 }));
    await expect(effects.releaseStep(where.operationId, 'database')).rejects.toMatchObject({ nextRetryDelay: 3_000 });
    expect(calls.filter((call) => call === 'remove')).toHaveLength(1);
    delete on.remove;
    await effects.releaseStep(where.operationId, 'database');
    const rows = (await listResources(registry.pool, where.tenantId)).filter(({ provider }) => provider === 'memory');
    expect(rows.map(({ state }) => state)).toEqual(['absent', 'absent']);
  });

  test.each(['ours', 'partial'] as const)(
    'a resource that still exists (%s) after its removal does not count as removed',
    async (left) => {
      const { effects, registered, held, on } = provider();
      const where = await target();
      await effects.ensure(registered, where, {});
      on.remove = () => {
        held.delete(`t-${where.tenantId}`);
        on.find = () => Promise.resolve(void held.set(`t-${where.tenantId}`, left));
        return Promise.resolve();
      };
      await expect(effects.releaseStep(where.operationId, 'database')).rejects.toMatchObject({
        ...{ type: 'OutcomeUnknown', nonRetryable: false },
        message: `Thing of tenant ${where.tenantId} (memory in eu-central): removed, but memory still shows it.`,
      });
      expect(await rowOf(where)).toMatchObject({
        state: 'closing',
        lastError: expect.stringContaining('still shows it'),
      });
      held.clear();
      delete on.remove;
      delete on.find;
      await effects.releaseStep(where.operationId, 'database');
      expect(await rowOf(where)).toMatchObject({ state: 'absent' });
    },
  );

  test.each([
    ['reads the secrets of what it removes', false, 'a secret'],
    ['finds and removes what is left even if the undo of another step has destroyed the tenant’s key', true, undefined],
  ])('%s', async (_title, keyIsDestroyed, secret) => {
    const { effects, registered, contexts, held, on } = provider();
    const where = await target();
    on.create = async ({ secrets }) => void (await secrets.obtain('password', () => 'a secret'));
    await effects.ensure(registered, where, {});
    if (keyIsDestroyed) await destroyTenantKey(registry.pool, where.tenantId);
    const read: unknown[] = [];
    on.find = async () => void read.push(await contexts.at(-1)!.secrets.read('password'));
    await effects.releaseStep(where.operationId, where.step);
    expect(read).toEqual([secret]);
    expect(held.size).toBe(0);
    expect(await rowOf(where)).toMatchObject({ state: 'absent' });
  });

  test('the secrets of a released resource are deleted', async () => {
    const { effects, registered, on } = provider();
    const where = await target();
    on.create = async ({ secrets }) => void (await secrets.obtain('password', () => 'hunter2'));
    await effects.ensure(registered, where, {});
    expect(await effects.secrets(where.tenantId, 'thing').read('password')).toBe('hunter2');
    await effects.releaseStep(where.operationId, 'database');
    expect(await effects.secrets(where.tenantId, 'thing').read('password')).toBeUndefined();
  });
});

describe('the message of a refusal', () => {
  test('names the resource and the compensating run, and leaves the last error unchanged', async () => {
    const { effects, registered, on } = provider();
    const where = await target();
    const what = `Thing of tenant ${where.tenantId} (memory in eu-central)`;
    on.create = async () => void (await closeStep(registry.pool, where.operationId, 'database'));
    await expect(effects.ensure(registered, where, {})).rejects.toMatchObject({
      message: `${what}: removed again, because its run is being compensated.`,
    });
    await expect(effects.ensure(registered, where, {})).rejects.toMatchObject({
      message: `${what}: not made, because its run is being compensated.`,
    });
    expect(await rowOf(where)).toMatchObject({ lastError: null });
  });

  test('is stored in the row, unless the reason is that the run is compensating', async () => {
    const { effects, registered, on } = provider();
    const where = await target();
    on.create = () => Promise.reject(failure('ProviderRefused', 'thing: no'));
    await expect(effects.ensure(registered, where, {})).rejects.toThrow();
    expect(await rowOf(where)).toMatchObject({ lastError: 'thing: no' });
    on.find = () => closeStep(registry.pool, where.operationId, 'database');
    await expect(effects.ensure(registered, where, {})).rejects.toMatchObject({ type: 'CompensationBegun' });
    expect(await rowOf(where)).toMatchObject({ lastError: 'thing: no' });
  });

  test('names the foreign resource, and what to do about it', async () => {
    const { effects, registered, held } = provider();
    const where = await target();
    held.set(`t-${where.tenantId}`, 'foreign');
    await expect(effects.ensure(registered, where, {})).rejects.toMatchObject({
      message: `Thing of tenant ${where.tenantId} (memory in eu-central): memory has a thing named t-${where.tenantId} that is not ours. It was left alone; find out whose it is.`,
    });
  });

  test('says when the look-up will be repeated', async () => {
    const { effects, registered, on } = provider();
    const where = await target();
    on.create = () => Promise.reject(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }));
    await expect(effects.ensure(registered, where, {})).rejects.toThrow();
    const message = `Thing of tenant ${where.tenantId} (memory in eu-central): removed; checked again in 15 s, because an earlier request may still create it.`;
    await expect(effects.releaseStep(where.operationId, 'database')).rejects.toMatchObject({ message });
    expect(await rowOf(where)).toMatchObject({ lastError: message });
  });
});

describe('the context of a kind', () => {
  test('has the resource with its cell, its own secrets, and its id once there is one', async () => {
    const { effects, registered, on, contexts } = provider();
    const where = { ...(await target()), cell: 'cell-7' };
    on.create = async ({ secrets }) => {
      await secrets.store('password', 'first');
      await secrets.store('password', 'second');
    };
    await effects.ensure(registered, where, {});
    const { step: _, ...place } = where;
    expect(contexts[0]).toMatchObject({ ...place, name: `t-${where.tenantId}`, id: undefined });
    expect(await effects.secrets(where.tenantId, 'thing').read('password')).toBe('second');
    expect(await effects.secrets(where.tenantId, 'other').read('password')).toBeUndefined();
    contexts.length = 0;
    await effects.releaseStep(where.operationId, 'database');
    expect(contexts.map(({ id, cell }) => [id, cell])).toEqual([0, 1].map(() => [`t-${where.tenantId}`, 'cell-7']));
  });

  test('has an empty cell for kinds without cells', async () => {
    const { effects, registered, contexts } = provider();
    await effects.ensure(registered, await target(), {});
    expect(contexts[0]).toMatchObject({ cell: '' });
  });

  test('has a signal that aborts only after the grace period, even if the run was cancelled before', async () => {
    for (const before of [true, false]) {
      const cancel = new AbortController();
      const it = provider({ signal: cancel.signal });
      const where = await target();
      const cancelled = new CancelledFailure('cancelled');
      if (before) cancel.abort(cancelled);
      let aborted: boolean[] = [];
      let reason: unknown;
      jest.useFakeTimers({ now: Date.now(), doNotFake: NOT_TIMEOUTS });
      try {
        it.on.create = ({ signal }) => {
          if (!before) cancel.abort(cancelled);
          aborted = [signal.aborted];
          jest.advanceTimersByTime(4_900);
          aborted.push(signal.aborted);
          jest.advanceTimersByTime(200);
          aborted.push(signal.aborted);
          reason = signal.reason;
          return Promise.resolve();
        };
        await it.effects.ensure(it.registered, where, {});
      } finally {
        jest.useRealTimers();
      }
      expect(aborted).toEqual(before ? [true, true, true] : [false, false, true]);
      expect(reason).toBe(cancelled);
    }
  });

  test('the in-flight time is no longer renewed once a creation has been answered', async () => {
    const { effects, registered } = provider();
    const clear = jest.spyOn(globalThis, 'clearInterval');
    const set = jest.spyOn(globalThis, 'setInterval');
    await effects.ensure(registered, await target(), {});
    const renewal = set.mock.results[0]!.value as NodeJS.Timeout;
    expect(clear.mock.calls.flat()).toContain(renewal);
    set.mockRestore();
    clear.mockRestore();
  });
});

/** Every timer function except `setTimeout`. */
const NOT_TIMEOUTS = [
  ...(['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval'] as const),
];

describe('releasing a step with several resources', () => {
  async function two(it: ReturnType<typeof provider>): Promise<Target> {
    const where = await target();
    await it.effects.ensure(it.registered, where, {});
    await intend(registry.pool, { ...where, cell: '', kind: 'older', provider: 'memory', name: 'older' });
    it.calls.length = 0;
    return where;
  }
  const removals = (it: ReturnType<typeof provider>): number => it.calls.filter((call) => call === 'remove').length;

  test.each<[string, () => Error, number]>([
    ['a refusal', () => failure('ProviderRefused', 'no'), 2],
    ['an outage without a time', () => failure('ProviderUnavailable', 'away'), 2],
    ['a lost answer with a time', () => failure('AnswerLost', 'gone', { retryAfterMs: 3_000 }), 2],
    ['an outage with a time', () => failure('ProviderUnavailable', 'away', { retryAfterMs: 3_000 }), 1],
    ['throttling', () => failure('ProviderThrottled', 'slower'), 1],
    ['a cancellation', () => new CancelledFailure('cancelled'), 1],
  ])('after %s tries the others, unless it has to wait or was cancelled', async (_, error, tried) => {
    const it = provider();
    const where = await two(it);
    const thrown = error();
    it.on.remove = () => Promise.reject(thrown);
    await expect(it.effects.releaseStep(where.operationId, 'database')).rejects.toMatchObject({
      message: thrown.message,
    });
    expect(removals(it)).toBe(tried);
  });

  test.each([{ facts: { on: 'Monday' } }, undefined])(
    'records a resource that its provider deletes later (%j) as scheduled for deletion',
    async (scheduled) => {
      const it = provider();
      const where = await target();
      await it.effects.ensure(it.registered, where, {});
      it.on.remove = () => Promise.resolve(void it.held.set(`t-${where.tenantId}`, 'scheduled'));
      if (scheduled) it.on.scheduled = scheduled;
      await it.effects.releaseStep(where.operationId, 'database');
      expect(await rowOf(where)).toMatchObject({
        state: 'scheduled_for_deletion',
        facts: { made: true, ...scheduled?.facts },
      });
    },
  );
});

describe('a resource without a ledger row', () => {
  const stray = (operationId: string | null = 'op'): Orphan => ({
    ...{
      provider: 'memory',
      kind: 'thing',
      region: 'eu-central',
      cell: 'cell-1',
      name: 't-lost',
      externalId: 'lost-1',
    },
    ...{ tenantId: 'lostlostlostlost', operationId },
  });

  test('is removed if it is ours, and its kind receives everything known about it', async () => {
    const { effects, held, contexts, calls } = provider();
    held.set('t-lost', 'ours');
    const before = Date.now();
    expect(await effects.releaseOrphan(stray())).toBe('removed');
    expect(calls).toEqual(['find', 'remove', 'find']);
    expect(held.size).toBe(0);
    for (const context of contexts) {
      expect(context).toMatchObject({
        ...{ tenantId: 'lostlostlostlost', operationId: 'op', region: 'eu-central', cell: 'cell-1', name: 't-lost' },
        ...{ id: 'lost-1', idempotencyKey: 'thing:lost-1', signal: expect.any(AbortSignal) as AbortSignal },
      });
      expect(context.intendedAt.getTime()).toBeGreaterThanOrEqual(before);
      expect(await context.secrets.read('password')).toBeUndefined();
    }
  });

  test('may belong to no operation', async () => {
    const { effects, contexts } = provider();
    await effects.releaseOrphan(stray(null));
    expect(contexts[0]).toMatchObject({ operationId: '' });
  });

  test('is removed if only a part of it exists', async () => {
    const { effects, held, calls, on } = provider();
    held.set('t-lost', 'partial');
    on.remove = () => Promise.resolve(void held.delete('t-lost'));
    expect(await effects.releaseOrphan(stray())).toBe('removed');
    expect(calls).toContain('remove');
  });

  test.each(['absent', 'scheduled', 'foreign'] as const)('that is %s is left alone', async (state) => {
    const { effects, held, calls } = provider();
    if (state !== 'absent') held.set('t-lost', state);
    expect(await effects.releaseOrphan(stray())).toBe('not-there');
    expect(calls).toEqual(['find']);
  });

  test('that is still listed after its removal counts as present, and the message names it', async () => {
    const { effects, held, on } = provider();
    held.set('t-lost', 'ours');
    on.remove = () => Promise.resolve(void held.set('t-lost', 'partial'));
    await expect(effects.releaseOrphan(stray())).rejects.toMatchObject({
      ...{
        type: 'OutcomeUnknown',
        message: 'Thing of tenant lostlostlostlost (memory in eu-central): removed, but memory still shows it.',
      },
    });
  });

  test('fails like any other when its provider does not answer', async () => {
    const { effects, on } = provider();
    on.find = () => Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    await expect(effects.releaseOrphan(stray())).rejects.toMatchObject({
      ...{ type: 'AnswerLost', message: expect.stringMatching(/^Thing of tenant lostlostlostlost/) as string },
    });
  });
});
