import { createHash } from 'node:crypto';
import { createEffects } from '../../../activities/effects/effect';
import { type RegisteredKind } from '../../../activities/effects/resource-context';
import { failure } from '../../../providers/port/failures';
import type { SweepActivities } from '../../../activities/maintenance/interface-sweep';
import type { Listed, ResourceKind } from '../../../providers/port/kind';
import type { OperationRuns, RunStanding } from '../../../activities/temporal/operation-runs';
import { createSweep } from '../../../activities/maintenance/sweep';
import { newTenantId } from '../../../contract/ids';
import type { OperationFailure, OperationInput } from '../../../contract/operations/messages';
import type { OperationStatus } from '../../../contract/operations/states';
import { sweepIdOf, type SweepInput, type SweepPlan } from '../../../contract/maintenance/sweeps';
import { issueClaim } from '../../../registry/credentials/claim-tokens';
import { closeStep, markAbsent, markPresent, type ResourceState } from '../../../registry/ledger/ledger';
import { intended } from '../../helpers/ledger';
import { acceptOrder } from '../../../registry/operations/acceptance';
import { liftLegalHold, putLegalHold } from '../../../registry/tenants/legal-hold-changes';
import { listOpenFindings, readSweep } from '../../../registry/views/sweeps';
import { loadTemplates } from '../../../templates/load';
import { createTestRegistry, type TestRegistry } from '../../helpers/registry';

const REGION = 'eu-central';
const NAMED = 'token:operator';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await createTestRegistry();
});
afterAll(() => registry.drop());
// A sweep covers everything in the registry, so each test starts with an empty one.
beforeEach(() =>
  registry.asOwner(`truncate tenant, operation, resource, step_event, claim, sweep, quarantine cascade`),
);

/** A provider and a Temporal in memory, with sweepers on both. */
function world() {
  const held = new Map<string, { tenantId: string; whose: 'ours' | 'foreign' }>();
  const removed: string[] = [];
  const standings = new Map<string, RunStanding>();
  const resumed: OperationInput[] = [];
  const on: { list?: () => void; remove?: () => Promise<void>; resume?: () => 'resumed' | 'open' } = {};
  const kind: ResourceKind = {
    kind: 'thing',
    provider: 'memory',
    name: (tenantId) => `t-${tenantId}`,
    find: ({ name }) => {
      const whose = held.get(name)?.whose;
      if (whose === 'foreign') return Promise.resolve({ state: 'foreign' });
      return Promise.resolve(whose ? { state: 'present', id: name } : { state: 'absent' });
    },
    create: () => Promise.reject(new Error('A sweeper makes nothing.')),
    remove: async ({ name }) => {
      await on.remove?.();
      removed.push(name);
      held.delete(name);
    },
    async *list(): AsyncIterable<Listed> {
      on.list?.();
      for (const [name, { tenantId, whose }] of held) if (whose === 'ours') yield { tenantId, name, id: name };
    },
  };
  const registered: RegisteredKind = { kind, classify: () => undefined };
  const signal = (): AbortSignal => AbortSignal.timeout(10_000);
  const runs: OperationRuns = {
    standing: (operationId) => Promise.resolve(standings.get(operationId) ?? 'gone'),
    resume: (_kind, input) => {
      resumed.push(input);
      return Promise.resolve(on.resume?.() ?? 'resumed');
    },
  };
  const activities = (graceSeconds: number, leaseSeconds: number): SweepActivities =>
    createSweep({
      pool: registry.pool,
      regions: [{ name: REGION }],
      effects: createEffects({
        pool: registry.pool,
        keys: registry.keys,
        signal,
        kindOf: () => registered,
        lateRequestSeconds: 15,
        repeatedRequestSeconds: 0,
      }),
      kinds: { all: [registered] },
      runs,
      signal,
      settings: { compensationSeconds: 5, sweep: { graceSeconds, leaseSeconds } },
    });

  /** Runs one whole sweep in the workflow's order; returns what the API would show of it. */
  async function sweep(input: Partial<SweepInput> & { grace?: number; lease?: number; at?: () => Promise<void> } = {}) {
    const { grace = 0, lease = 0, at, ...rest } = input;
    const sweeper = activities(grace, lease);
    const sweepId = sweepIdOf(crypto.randomUUID());
    const begun = await sweeper.beginSweep({ requestedBy: NAMED, dryRun: false, ...rest, sweepId });
    if ('plan' in begun) await look(sweeper, begun.plan, at);
    return (await readSweep(registry.pool, sweepId))!;
  }
  async function look(sweeper: SweepActivities, plan: SweepPlan, at?: () => Promise<void>): Promise<void> {
    await sweeper.findLostRuns(plan);
    for (const region of ['global', REGION]) await sweeper.sweepRegion({ plan, region });
    await at?.();
    if (!plan.dryRun) {
      await sweeper.resumeLostRuns(plan);
      for (const region of ['global', REGION]) await sweeper.removeOrphans({ plan, region });
    }
    await sweeper.concludeSweep(plan);
  }
  const put = (tenantId: string, whose: 'ours' | 'foreign' = 'ours'): string => {
    held.set(`t-${tenantId}`, { tenantId, whose });
    return `t-${tenantId}`;
  };
  return { held, removed, standings, resumed, on, put, sweep };
}

let sequence = 0;

/** An operation in this status, with its resource in this ledger state. */
async function operation(
  status: OperationStatus,
  { thing, failure, approvalState }: { thing?: ResourceState; failure?: OperationFailure; approvalState?: string } = {},
): Promise<{ operationId: string; tenantId: string }> {
  const { pool, keys } = registry;
  const accepted = await acceptOrder(pool, keys, {
    caller: 'test',
    requestHash: createHash('sha256').update('x').digest(),
    order: {
      tenantName: `sweep-${++sequence}`,
      organizationName: 'Test',
      adminUser: { email: 'ada@example.org', firstName: 'Ada', lastName: 'L', role: 'owner' },
      subscription: { plan: 'starter', billingCycle: 'monthly', features: [] },
      configuration: {},
    },
    template: loadTemplates('templates').get('starter'),
    approvalsRequired: [],
  });
  if (accepted.outcome !== 'accepted') throw new Error('not accepted');
  const { operationId, tenantId } = accepted;
  await pool.query(
    `update operation set status = $2, failure = $3, approval_state = coalesce($4, approval_state), started_at = now(), region = $5
     where operation_id = $1`,
    [operationId, status, failure ? JSON.stringify(failure) : null, approvalState ?? null, REGION],
  );
  if (thing) {
    const names = { kind: 'thing', provider: 'memory', region: REGION, cell: '', name: `t-${tenantId}` };
    const resourceId = await intended(pool, { operationId, tenantId, step: 'database', ...names });
    if (thing !== 'intended') await markPresent(pool, resourceId, `t-${tenantId}`, {});
    if (thing === 'absent') {
      await closeStep(pool, operationId, 'database');
      await markAbsent(pool, resourceId);
    }
    if (thing === 'accepted') await pool.query(`update resource set state = 'accepted' where kind = 'thing'`);
  }
  return { operationId, tenantId };
}

const open = async () => (await listOpenFindings(registry.pool, { limit: 100 })).items;

async function audited(tenantId: string): Promise<{ action: string; actor: string }[]> {
  const { rows } = await registry.pool.query<{ action: string; actor: string }>(
    `select action, actor from audit_entry where tenant_id = $1 and action like 'sweep.%' order by sequence`,
    [tenantId],
  );
  return rows;
}

describe('an orphan at a provider', () => {
  test('is quarantined, left alone during its grace period, and then removed, with an audit entry', async () => {
    const { held, put, sweep } = world();
    const { tenantId, operationId } = await operation('failed', { thing: 'absent' });
    const name = put(tenantId);
    expect(await sweep({ grace: 3600 })).toMatchObject({
      state: 'done',
      counts: { orphans: 1, removed: 0, problems: 0 },
      findings: [{ reason: 'orphan', kind: 'thing', provider: 'memory', region: REGION, id: name, operationId }],
    });
    expect(await sweep()).toMatchObject({ counts: { orphans: 1, removed: 0 } });
    expect(held.has(name)).toBe(true);
    await registry.pool.query(`update quarantine set due_at = now()`);
    expect(await sweep()).toMatchObject({ counts: { orphans: 1, removed: 1 } });
    expect(held.has(name)).toBe(false);
    expect(await open()).toEqual([]);
    expect(await audited(tenantId)).toEqual([
      { action: 'sweep.release-begun', actor: NAMED },
      { action: 'sweep.released', actor: NAMED },
    ]);
  });

  test('is in the trail before it is removed, once for all attempts, even if the sweeper dies before it records the result', async () => {
    const { held, put, on, sweep } = world();
    const { tenantId } = await operation('failed', { thing: 'absent' });
    const name = put(tenantId);
    const begun = { action: 'sweep.release-begun', actor: NAMED };
    const seen: unknown[] = [];
    on.remove = async () => {
      seen.push(await audited(tenantId));
      throw failure('ProviderUnavailable', 'memory: no answer');
    };
    for (let n = 0; n < 2; n += 1) expect(await sweep()).toMatchObject({ counts: { removed: 0, problems: 1 } });
    expect(seen).toEqual([[begun], [begun]]);
    // The resource is removed, but its answer is lost and the sweeper dies.
    held.delete(name);
    expect(await sweep()).toMatchObject({ counts: { orphans: 0, released: 1 } });
    expect(await audited(tenantId)).toEqual([begun]);
  });

  test('is released when it has disappeared by the next sweep', async () => {
    const { held, put, sweep } = world();
    const { tenantId } = await operation('failed', { thing: 'absent' });
    const name = put(tenantId);
    await sweep({ grace: 3600 });
    held.delete(name);
    expect(await sweep({ grace: 3600 })).toMatchObject({ counts: { orphans: 0, released: 1 } });
    expect(await open()).toEqual([]);
  });

  test('is only reported by a dry run', async () => {
    const { held, put, sweep } = world();
    const { tenantId } = await operation('failed', { thing: 'absent' });
    const name = put(tenantId);
    const { counts, findings } = await sweep({ dryRun: true });
    expect({ counts, findings }).toMatchObject({ counts: { orphans: 1, removed: 0 }, findings: [{ id: name }] });
    expect(await open()).toEqual([]);
    expect(held.has(name)).toBe(true);
  });

  test('returns to quarantine with the reason if it cannot be removed, and the next sweep tries again', async () => {
    const { held, put, on, sweep } = world();
    const name = put((await operation('cancelled')).tenantId);
    on.remove = () => Promise.reject(failure('ProviderRefused', 'thing: refused'));
    expect(await sweep()).toMatchObject({ counts: { removed: 0, problems: 1 }, problems: ['thing: refused'] });
    expect(await open()).toMatchObject([{ id: name, state: 'quarantined', lastError: 'thing: refused' }]);
    delete on.remove;
    expect(await sweep()).toMatchObject({ counts: { removed: 1, problems: 0 } });
    expect(held.size).toBe(0);
  });

  test('is removed once, however many sweepers run at the same time', async () => {
    const { put, removed, sweep } = world();
    for (let n = 0; n < 10; n++) put((await operation('failed')).tenantId);
    // Both sweepers have looked before either acts.
    let waiting = 0;
    let go!: () => void;
    const both = new Promise<void>((resolve) => (go = resolve));
    const at = (): Promise<void> => {
      if (++waiting === 2) go();
      return both;
    };
    const sweeps = await Promise.all([sweep({ at }), sweep({ at })]);
    expect(removed).toHaveLength(10);
    expect(new Set(removed).size).toBe(10);
    expect(sweeps.reduce((sum, { counts }) => sum + counts.removed!, 0)).toBe(10);
  });

  test('is left alone while a legal hold stands on its tenant, with the reason', async () => {
    const { held, put, sweep } = world();
    const { tenantId } = await operation('active');
    const name = put(tenantId);
    const hold = { tenantId, actor: 'token:legal', reason: 'Sued' };
    await putLegalHold(registry.pool, registry.keys, { ...hold, until: null });
    expect(await sweep()).toMatchObject({ counts: { removed: 0, problems: 1 } });
    expect(JSON.stringify(await open())).toContain('A legal hold stands');
    expect(held.has(name)).toBe(true);
    await liftLegalHold(registry.pool, registry.keys, hold);
    expect(await sweep()).toMatchObject({ counts: { removed: 1, problems: 0 } });
  });

  test('is left alone when a foreign resource has taken its name', async () => {
    const { held, put, sweep } = world();
    const { tenantId } = await operation('failed', { thing: 'absent' });
    const name = put(tenantId);
    await sweep({ grace: 3600 });
    await registry.pool.query(`update quarantine set due_at = now()`);
    const at = () => Promise.resolve(void put(tenantId, 'foreign'));
    expect(await sweep({ at })).toMatchObject({ counts: { removed: 0, released: 1 } });
    expect(held.has(name)).toBe(true);
  });

  test('is not touched by a sweep that could not list its provider', async () => {
    const { held, put, on, sweep } = world();
    const name = put((await operation('failed')).tenantId);
    await sweep({ grace: 3600 });
    await registry.pool.query(`update quarantine set due_at = now()`);
    on.list = () => {
      throw failure('ProviderUnavailable', 'memory: no answer');
    };
    expect(await sweep()).toMatchObject({ state: 'done', problems: ['memory: no answer'], counts: { removed: 0 } });
    expect(held.has(name)).toBe(true);
    expect(await open()).toHaveLength(1);
  });
});

describe('a resource with an owner', () => {
  test.each<[string, OperationStatus, ResourceState]>([
    ['a resource of an active tenant', 'active', 'present'],
    ['a leftover that an operator has accepted', 'failed', 'accepted'],
    ['a resource that a run is making', 'provisioning', 'intended'],
    ['a resource that a run has made', 'provisioning', 'present'],
    ['a resource that a run is undoing', 'compensating', 'absent'],
    ['a leftover that waits for an operator', 'needs_operator', 'absent'],
  ])('%s is not a finding', async (_what, status, thing) => {
    const { held, put, standings, sweep } = world();
    const { tenantId, operationId } = await operation(status, { thing });
    await issueClaim(registry.pool, tenantId, 'token');
    await registry.pool.query(`update operation set billing = 'active'`);
    standings.set(operationId, 'open');
    const name = put(tenantId);
    expect(await sweep()).toMatchObject({ counts: { orphans: 0, unknownTenants: 0, lostRuns: 0, removed: 0 } });
    expect(held.has(name)).toBe(true);
  });

  test('a resource of a tenant that another operation is changing is not a finding', async () => {
    const { put, sweep } = world();
    const { tenantId } = await operation('failed', { thing: 'absent' });
    put(tenantId);
    await registry.pool.query(
      `insert into operation (operation_id, tenant_id, kind, status, tenant_name, plan, template, caller, request_hash, order_ciphertext)
       select 'op_later', tenant_id, 'deprovision', 'provisioning', tenant_name, plan, template, caller, '\\x00', '\\x00'
       from tenant where tenant_id = $1`,
      [tenantId],
    );
    expect(await sweep()).toMatchObject({ counts: { orphans: 0 } });
    await registry.pool.query(`update operation set status = 'failed' where operation_id = 'op_later'`);
    expect(await sweep()).toMatchObject({ counts: { orphans: 1 } });
  });

  test('a resource of an operation that has only just ended is not yet a finding', async () => {
    const { put, sweep } = world();
    put((await operation('failed', { thing: 'absent' })).tenantId);
    expect(await sweep({ lease: 900 })).toMatchObject({ counts: { orphans: 0 } });
  });

  test('a resource whose operation turns out to have an open run is kept, with the reason', async () => {
    const { held, put, standings, sweep } = world();
    const { tenantId, operationId } = await operation('failed', { thing: 'absent' });
    const name = put(tenantId);
    standings.set(operationId, 'open');
    expect(await sweep()).toMatchObject({ counts: { orphans: 1, removed: 0, problems: 1 } });
    expect(held.has(name)).toBe(true);
    expect((await open())[0]!.lastError).toContain(operationId);
  });
});

describe('a resource of a tenant that the registry does not know', () => {
  test('is reported and never removed automatically', async () => {
    const { held, put, sweep } = world();
    await operation('failed');
    const name = put(newTenantId());
    for (let n = 0; n < 2; n++)
      expect(await sweep()).toMatchObject({ counts: { orphans: 0, unknownTenants: 1, removed: 0 } });
    expect(held.has(name)).toBe(true);
    expect(await open()).toMatchObject([{ reason: 'unknown-tenant', id: name }]);
  });

  test('is removed once an operator names its tenant, and nothing of another tenant is', async () => {
    const { held, put, sweep } = world();
    await operation('failed');
    const [named, other] = [newTenantId(), newTenantId()];
    put(named);
    put(other);
    expect(await sweep({ tenants: [named], grace: 3600 })).toMatchObject({ counts: { removed: 0 } });
    await registry.pool.query(`update quarantine set due_at = now()`);
    expect(await sweep({ tenants: [named] })).toMatchObject({ counts: { removed: 1 } });
    expect([...held.keys()]).toEqual([`t-${other}`]);
    expect((await audited(named)).map(({ action }) => action)).toEqual(['sweep.release-begun', 'sweep.released']);
  });
});

describe('a lost run', () => {
  test('is reported, and resumed after its grace period from what the registry knows', async () => {
    const { resumed, sweep } = world();
    const { operationId, tenantId } = await operation('provisioning');
    expect(await sweep({ grace: 3600 })).toMatchObject({
      counts: { lostRuns: 1, resumed: 0 },
      findings: [{ reason: 'lost-run', id: operationId }],
    });
    await registry.pool.query(`update quarantine set due_at = now()`);
    expect(await sweep()).toMatchObject({ counts: { lostRuns: 1, resumed: 1 } });
    expect(resumed).toMatchObject([
      {
        operationId,
        tenantId,
        plan: 'starter',
        compensationSeconds: 5,
        resume: { as: 'compensate', region: REGION, end: 'failed' },
      },
    ]);
    expect(await audited(tenantId)).toEqual([
      { action: 'sweep.resume-begun', actor: NAMED },
      { action: 'sweep.resumed', actor: NAMED },
    ]);
  });

  test('is in the trail once before Temporal is asked to resume it, even if Temporal’s answer is lost', async () => {
    const { on, sweep } = world();
    const { tenantId } = await operation('provisioning');
    on.resume = () => {
      throw failure('ProviderUnavailable', 'Temporal: no answer');
    };
    for (let n = 0; n < 2; n += 1) expect(await sweep()).toMatchObject({ counts: { resumed: 0, problems: 1 } });
    expect(await audited(tenantId)).toEqual([{ action: 'sweep.resume-begun', actor: NAMED }]);
  });

  test.each<[OperationStatus, string | undefined, string | undefined, string]>([
    ['compensating', 'Cancelled', undefined, 'cancelled'],
    ['compensating', 'ApprovalExpired', 'expired', 'rejected'],
    ['needs_operator', 'ApprovalRejected', 'rejected', 'rejected'],
    ['needs_operator', 'PaymentMethodDeclined', 'approved', 'failed'],
    ['on_hold', 'ProviderRefused', undefined, 'failed'],
    ['awaiting_approval', undefined, 'waiting', 'failed'],
  ])('while %s after %s (approval %s) ends as %s', async (status, type, approvalState, end) => {
    const { resumed, sweep } = world();
    const known: OperationFailure | undefined = type ? { type, message: 'why', step: 'database' } : undefined;
    await operation(status, { ...(known ? { failure: known } : {}), ...(approvalState ? { approvalState } : {}) });
    await sweep();
    expect(resumed.map(({ resume }) => resume)).toEqual([
      { as: 'compensate', region: REGION, end, ...(known ? { failure: known } : {}) },
    ]);
  });

  test('after the pivot is resumed to hand over, until the tenant was charged and has its link', async () => {
    const { resumed, sweep } = world();
    const { tenantId, operationId } = await operation('active');
    await sweep();
    await registry.pool.query(`update operation set billing = 'active'`);
    await sweep();
    await issueClaim(registry.pool, tenantId, 'token');
    await sweep();
    expect(resumed.map((input) => [input.operationId, input.resume?.as])).toEqual([
      [operationId, 'hand-over'],
      [operationId, 'hand-over'],
    ]);
  });

  test('after the pivot is not resumed where an operator has skipped billing', async () => {
    const { resumed, sweep } = world();
    const { tenantId } = await operation('active');
    await issueClaim(registry.pool, tenantId, 'token');
    await registry.pool.query(`update operation set skipped = '[{"step": "integrations", "reason": "by hand"}]'`);
    await sweep();
    expect(resumed).toEqual([]);
  });

  test('after the pivot is not resumed once the tenant is no longer active', async () => {
    const { resumed, sweep } = world();
    const { tenantId } = await operation('active');
    await registry.pool.query(`update tenant set state = 'leaving' where tenant_id = $1`, [tenantId]);
    expect(await sweep()).toMatchObject({ counts: { lostRuns: 0 } });
    expect(resumed).toEqual([]);
  });

  test('is not assumed where the run is open, was never started, has ended, or was active recently', async () => {
    const { resumed, standings, sweep } = world();
    standings.set((await operation('awaiting_approval')).operationId, 'open');
    const unstarted = await operation('pending');
    await registry.pool.query(`update operation set started_at = null where operation_id = $1`, [
      unstarted.operationId,
    ]);
    await operation('cancelled');
    expect(await sweep()).toMatchObject({ counts: { lostRuns: 0 } });
    const busy = await operation('provisioning');
    await registry.pool.query(
      `update operation set updated_at = now() - interval '1 hour', started_at = now() - interval '1 hour' where operation_id = $1`,
      [busy.operationId],
    );
    await registry.pool.query(
      `insert into step_event (operation_id, activity_id, attempt, step, direction, started_at) values ($1, '1', 1, 'database', 'forward', now())`,
      [busy.operationId],
    );
    await registry.pool.query(`update resource set updated_at = now() - interval '1 hour'`);
    expect(await sweep({ lease: 900 })).toMatchObject({ counts: { lostRuns: 0 } });
    await registry.pool.query(`update step_event set started_at = now() - interval '1 hour'`);
    expect(await sweep({ lease: 900 })).toMatchObject({ counts: { lostRuns: 1, resumed: 1 } });
    expect(resumed).toHaveLength(1);
  });

  test('is released when its operation has a run again, whoever started it', async () => {
    const { standings, on, resumed, sweep } = world();
    const { operationId, tenantId } = await operation('provisioning');
    await sweep({ grace: 3600 });
    standings.set(operationId, 'open');
    expect(await sweep()).toMatchObject({ counts: { lostRuns: 0, released: 1 } });
    standings.delete(operationId);
    on.resume = () => 'open';
    expect(await sweep()).toMatchObject({ counts: { resumed: 0, released: 1 } });
    expect(resumed).toHaveLength(1);
    expect((await audited(tenantId)).map(({ action }) => action)).toEqual(['sweep.resume-begun', 'sweep.not-resumed']);
  });

  test('that has completed is left to the operators: the registry must be older than the tenant', async () => {
    const { standings, resumed, sweep } = world();
    const { operationId } = await operation('provisioning');
    standings.set(operationId, 'completed');
    expect(await sweep()).toMatchObject({ counts: { lostRuns: 1, resumed: 0, problems: 1 } });
    expect(resumed).toEqual([]);
    expect((await open())[0]!.lastError).toContain('the registry is older');
  });
});

test('a sweep over an empty ledger looks at nothing and says why', async () => {
  const { held, put, sweep } = world();
  const name = put(newTenantId());
  const { state, reason, findings } = await sweep({ tenants: [name.slice(2)] });
  expect({ state, findings }).toEqual({ state: 'refused', findings: [] });
  expect(reason).toContain('ledger is empty');
  expect(held.has(name)).toBe(true);
});

test('a claim is taken over from a dead sweeper, but not from a live one', async () => {
  const { held, put, sweep } = world();
  put((await operation('failed')).tenantId);
  await sweep({ grace: 3600 });
  await registry.pool.query(`update quarantine set state = 'resolving', claimed_at = now(), due_at = now()`);
  expect(await sweep()).toMatchObject({ counts: { removed: 0 } });
  await registry.pool.query(`update quarantine set claimed_at = now() - interval '1 hour'`);
  expect(await sweep()).toMatchObject({ counts: { removed: 1 } });
  expect(held.size).toBe(0);
});

test('a sweep that never recorded its end is closed by a later one', async () => {
  const { sweep } = world();
  await operation('failed');
  const { sweepId } = await sweep();
  await registry.pool.query(`update sweep set state = 'running', started_at = now() - interval '2 hours'`);
  await sweep();
  expect(await readSweep(registry.pool, sweepId)).toMatchObject({ state: 'failed' });
});
