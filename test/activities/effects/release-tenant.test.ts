import { createEffects } from '../../../activities/effects/effect';
import type { Found, ResourceKind } from '../../../providers/port/kind';
import { failure } from '../../../providers/port/failures';
import { listStanding } from '../../../registry/ledger/changes';
import { listResources } from '../../../registry/ledger/ledger';
import { findOrphans } from '../../../registry/ledger/orphans';
import { listTenantLeftovers } from '../../../registry/ledger/tenant-release';
import { requestResolution, takeResolution } from '../../../registry/operations/resolutions';
import { recordOutcome } from '../../../registry/operations/transitions';
import { activeTenant, changed } from '../../helpers/tenants/accepted';
import { acceptRemoval, addRow, passPivot } from '../../helpers/tenants/removal';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('releasing what a tenant has: not run, this machine has no PostgreSQL');

suite('releasing what a tenant has of a step', () => {
  let registry: TestRegistry;
  let removed: string[];
  /** What the provider does when it is to remove something, and what it shows afterwards. */
  let provider: (name: string) => Promise<Found>;
  /** What the provider says will outlive the thing. */
  let keeps: () => Record<string, unknown> | undefined;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(() => {
    removed = [];
    provider = () => Promise.resolve({ state: 'absent' });
    keeps = () => undefined;
  });

  function kindOf(name: string): ResourceKind {
    let left: Found = { state: 'present', id: name };
    return {
      kind: name,
      provider: 'memory',
      actsOnce: true,
      name: (tenantId) => `${name}-${tenantId}`,
      find: () => Promise.resolve(left),
      create: () => Promise.resolve({ id: name }),
      keeps: () => Promise.resolve(keeps()),
      remove: async () => {
        left = await provider(name);
        removed.push(name);
      },
      async *list() {},
    };
  }

  const release = (tenantId: string): Promise<void> =>
    createEffects({
      pool: registry.pool,
      keys: registry.keys,
      kindOf: (_, name) => ({ kind: kindOf(name), classify: () => undefined }),
      signal: () => AbortSignal.timeout(10_000),
      lateRequestSeconds: 100,
      repeatedRequestSeconds: 50,
    }).releaseTenantStep({ tenantId, step: 'database' });

  /** A tenant past the pivot of its removal, and the two operations that have made something for it. */
  async function leaving() {
    const { tenantId, operationId } = await activeTenant(registry);
    const removal = await acceptRemoval(registry, tenantId);
    await passPivot(registry, removal);
    const of = (kind: string, more: Partial<Parameters<typeof addRow>[1]> = {}) =>
      addRow(registry, { tenantId, operationId, step: 'database', kind, ...more });
    return { tenantId, removal, of };
  }

  const states = async (tenantId: string) =>
    Object.fromEntries((await listResources(registry.pool, tenantId)).map(({ kind, state }) => [kind, state]));

  test('takes what any operation has made, newest first, and nothing of another step or tenant', async () => {
    const { tenantId, removal, of } = await leaving();
    const neighbour = await leaving();
    await neighbour.of('share');
    await of('share');
    await of('copy', { operationId: removal });
    await of('bucket', { step: 'storage-and-compute' });
    await release(tenantId);
    expect(removed).toEqual(['copy', 'share']);
    expect(await states(tenantId)).toMatchObject({ share: 'absent', copy: 'absent', bucket: 'present' });
    expect(await states(neighbour.tenantId)).toMatchObject({ share: 'present' });
  });

  test('also takes what was only intended, or was being changed when its run was lost; nothing is left to change back to', async () => {
    const { tenantId, removal, of } = await leaving();
    for (const state of ['intended', 'changing', 'closing', 'absent', 'accepted'] as const) await of(state, { state });
    await registry.pool.query(
      `update resource set changed_by = $2, settings_before = '{"access": "open"}' where tenant_id = $1 and kind = 'changing'`,
      [tenantId, removal],
    );
    await release(tenantId);
    expect(removed.sort()).toEqual(['changing', 'closing', 'intended']);
    const changing = (await listResources(registry.pool, tenantId)).find(({ kind }) => kind === 'changing');
    expect(changing).toMatchObject({ state: 'absent', settingsBefore: null });
    expect(await states(tenantId)).toMatchObject({ accepted: 'accepted' });
  });

  test('takes what an operator has put right by hand after a suspension; until then it has an owner and can be changed', async () => {
    const { tenantId, operationId } = await activeTenant(registry);
    const { pool } = registry;
    await addRow(registry, { tenantId, operationId, step: 'database', kind: 'share' });
    const parameters = { access: 'closed', reason: 'abuse' } as const;
    const suspension = await changed(registry, tenantId, { kind: 'suspend', parameters }, 'running', 'compensating');
    await pool.query(
      `update resource set state = 'changing', settings = '{"access": "closed"}', settings_before = '{"access": "open"}', changed_by = $2
       where tenant_id = $1 and kind = 'share'`,
      [tenantId, suspension],
    );
    await recordOutcome(pool, { operationId: suspension, status: 'needs_operator' });
    const id = `share-${tenantId}`;
    const resolutionId = `accept-${tenantId}`;
    await requestResolution(pool, {
      resolutionId,
      operationId: suspension,
      verb: 'accept',
      reason: 'Opened by hand.',
      requestedBy: 'token:operator',
      verified: true,
      idempotencyKey: null,
      requestHash: null,
      orderCiphertext: null,
      leftovers: [{ kind: 'share', id }],
    });
    await takeResolution(pool, { operationId: suspension, resolutionId, verb: 'accept', steps: [] });
    await recordOutcome(pool, { operationId: suspension, status: 'failed' });
    expect(await findOrphans(pool, 'share', [{ tenantId, name: id, id }], 0)).toEqual([]);
    expect(await listStanding(pool, tenantId, 'database')).toMatchObject([
      { kind: 'share', state: 'present', settings: { access: 'open' } },
    ]);
    await passPivot(registry, await acceptRemoval(registry, tenantId));
    await release(tenantId);
    expect(removed).toEqual(['share']);
    expect(await states(tenantId)).toMatchObject({ share: 'absent' });
  });

  test('keeps a date at which the provider itself deletes', async () => {
    const { tenantId, of } = await leaving();
    await of('key');
    provider = () => Promise.resolve({ state: 'scheduled', id: 'key', facts: { deletesAt: '2027-01-01' } });
    await release(tenantId);
    expect((await listResources(registry.pool, tenantId)).at(-1)).toMatchObject({
      state: 'scheduled_for_deletion',
      facts: { deletesAt: '2027-01-01' },
    });
  });

  test('notes what outlives a resource before it is removed', async () => {
    const { tenantId, of } = await leaving();
    await of('share');
    keeps = () => (removed.length === 0 ? { keptAccounts: { 'another-tenant': 2 } } : undefined);
    provider = () => Promise.reject(failure('AnswerLost', 'no answer'));
    await expect(release(tenantId)).rejects.toMatchObject({ type: 'AnswerLost' });
    provider = () => Promise.resolve({ state: 'absent' });
    await release(tenantId);
    expect((await listResources(registry.pool, tenantId)).at(-1)).toMatchObject({
      state: 'absent',
      facts: { keptAccounts: { 'another-tenant': 2 } },
    });
  });

  test('what cannot be removed is left with its reason, and does not hold up the rest', async () => {
    const { tenantId, of } = await leaving();
    await of('share');
    await of('stuck');
    provider = (name) =>
      name === 'stuck' ? Promise.reject(failure('ProviderRefused', 'a lock')) : Promise.resolve({ state: 'absent' });
    await expect(release(tenantId)).rejects.toMatchObject({ type: 'ProviderRefused' });
    const left = (await listTenantLeftovers(registry.pool, tenantId)).filter(({ step }) => step === 'database');
    expect(left).toMatchObject([{ kind: 'stuck', state: 'closing', lastError: 'a lock' }]);
    provider = () => Promise.resolve({ state: 'absent' });
    await release(tenantId);
    expect(await states(tenantId)).toMatchObject({ share: 'absent', stuck: 'absent' });
  });

  test('a resource that the provider still shows is not taken for gone', async () => {
    const { tenantId, of } = await leaving();
    await of('share');
    provider = (name) => Promise.resolve({ state: 'present', id: name });
    await expect(release(tenantId)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
    expect(await states(tenantId)).toMatchObject({ share: 'closing' });
  });
});
