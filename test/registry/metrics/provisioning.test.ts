import type { OperationStatus } from '../../../contract/operations/states';
import { provisioningMetricsSchema } from '../../../contract/schemas/provisioning-metrics-schema';
import { recordMissingFigures } from '../../../registry/metrics/figures';
import type { MetricsFilter } from '../../../registry/metrics/provisioning';
import { readProvisioningMetrics } from '../../../registry/metrics/view';
import { recordOutcome } from '../../../registry/operations/transitions';
import { acceptTenant } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('numbers about operations: not run, this machine has no PostgreSQL');

/** An operation as its run would have left it; times are seconds after it was requested. */
interface Known {
  plan?: 'starter' | 'professional';
  region?: string;
  caller?: string;
  at?: string;
  status: OperationStatus;
  seconds: number;
  failure?: { step: string; type: string };
  /** Attempts of activities: step, number, start and end. */
  attempts?: [step: string, attempt: number, start: number, end: number][];
  statuses?: [status: OperationStatus, at: number][];
  resources?: string[];
}

suite('numbers about operations', () => {
  let registry: TestRegistry;
  beforeEach(async () => void (registry = await createTestRegistry()));
  afterEach(() => registry.drop());

  async function add(known: Known): Promise<void> {
    const { plan = 'starter', region = 'eu-central', caller = 'token:signup', at = '2026-03-10T12:00:00Z' } = known;
    const { operationId, tenantId } = await acceptTenant(registry, {
      subscription: { plan, billingCycle: 'monthly', features: [] },
    });
    const { pool } = registry;
    await pool.query(`update operation set created_at = $2, region = $3, caller = $4 where operation_id = $1`, [
      operationId,
      at,
      region,
      caller,
    ]);
    for (const [index, [step, attempt, start, end]] of (known.attempts ?? []).entries())
      await pool.query(
        `insert into step_event (operation_id, activity_id, attempt, step, direction, started_at, ended_at)
         values ($1, $2, $3, $4, 'forward', $5::timestamptz + make_interval(secs => $6), $5::timestamptz + make_interval(secs => $7))`,
        [operationId, attempt > 1 ? String(index - 1) : String(index), attempt, step, at, start, end],
      );
    for (const name of known.resources ?? []) {
      const [provider, kind] = name.split('/');
      await pool.query(
        `insert into resource (tenant_id, operation_id, step, kind, provider, region, name, external_id, state)
         values ($1, $2, 'database', $3, $4, 'eu-central', $1, $1, 'present')`,
        [tenantId, operationId, kind, provider],
      );
    }
    for (const [sequence, [status, seconds]] of (known.statuses ?? []).entries())
      await pool.query(
        `insert into audit_entry (tenant_id, sequence, operation_id, at, actor, action, detail, previous_hash, hash)
         values ($1, $2, $3, $4::timestamptz + make_interval(secs => $5), 'workflow', $6, '{}', '\\x00', '\\x00')`,
        [tenantId, 100 + sequence, operationId, at, seconds, `operation.${status}`],
      );
    const ended = !['pending', 'provisioning', 'on_hold', 'needs_operator'].includes(known.status);
    await pool.query(
      `update operation set status = $2, failure = $3,
         completed_at = case when $5 then created_at + make_interval(secs => $4) end where operation_id = $1`,
      [operationId, known.status, known.failure ? JSON.stringify(known.failure) : null, known.seconds, ended],
    );
  }

  const read = (changes: Partial<MetricsFilter> = {}) =>
    readProvisioningMetrics(registry.pool, {
      kind: 'provision',
      from: new Date('2026-03-01T00:00:00Z'),
      to: new Date('2026-04-01T00:00:00Z'),
      timeZone: 'UTC',
      ...changes,
    }).then((metrics) => provisioningMetricsSchema.parse(metrics));

  test('count operations by outcome, and give the durations of those that succeeded', async () => {
    for (const seconds of [10, 20, 30, 40]) await add({ status: 'active', seconds });
    await add({ status: 'failed', seconds: 5, failure: { step: 'database', type: 'ProviderRefused' } });
    await add({ status: 'cancelled', seconds: 5 });
    await add({ status: 'on_hold', seconds: 0 });
    await add({ status: 'active', seconds: 999, at: '2026-02-28T23:59:59Z' });
    await recordMissingFigures(registry.pool);
    const { groups } = await read();
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({
      count: 7,
      running: 1,
      succeeded: 4,
      failed: { total: 2, failed: 1, rejected: 0, cancelled: 1 },
      duration: { averageSeconds: 25, p50Seconds: 25, p95Seconds: 38.5 },
    });
    expect(groups[0]!.successRate).toBeCloseTo(4 / 6);
    expect(groups[0]).not.toHaveProperty('key');
  });

  test('name the commonest failure points, with what to do about them', async () => {
    const declined = { step: 'integrations', type: 'PaymentMethodDeclined' };
    for (const failure of [declined, declined, { step: 'reserve', type: 'CapacityExhausted' }])
      await add({ status: 'failed', seconds: 5, failure });
    await recordMissingFigures(registry.pool);
    const [group] = (await read()).groups;
    expect(group!.failurePoints).toEqual([
      { ...declined, count: 2, advice: expect.stringMatching(/^On hold: .*\.$/) as string },
      { step: 'reserve', type: 'CapacityExhausted', count: 1, advice: expect.stringMatching(/^Add a cell/) as string },
    ]);
    expect(group).not.toHaveProperty('duration');
  });

  test('say which steps determined the end, and what was used', async () => {
    await add({
      status: 'active',
      seconds: 20,
      attempts: [
        ['validate', 1, 1, 2],
        ['database', 1, 2, 4],
        ['database', 2, 7, 15],
        ['finalize', 1, 15, 20],
      ],
      resources: ['postgres/pooled-share', 'stripe/billing-customer'],
    });
    await add({
      status: 'active',
      seconds: 20,
      attempts: [['database', 1, 0, 20]],
      resources: ['stripe/billing-customer'],
    });
    await recordMissingFigures(registry.pool);
    const [group] = (await read()).groups;
    expect(group!.bottlenecks).toEqual([
      { part: 'database', label: 'Provision the database share', operations: 2, averageSeconds: 15, share: 0.75 },
      { part: 'finalize', label: 'Finalize and hand over', operations: 1, averageSeconds: 5, share: 0.125 },
      { part: 'waiting', label: expect.any(String) as string, operations: 1, averageSeconds: 4, share: 0.1 },
      { part: 'validate', label: 'Validate the order', operations: 1, averageSeconds: 1, share: 0.025 },
    ]);
    expect(group!.use).toEqual({
      resources: [
        { provider: 'postgres', kind: 'pooled-share', count: 1 },
        { provider: 'registry', kind: 'tenant-key', count: 2 },
        { provider: 'stripe', kind: 'billing-customer', count: 2 },
      ],
      attempts: 5,
      retries: 1,
      retryWaitSeconds: 3,
    });
  });

  test('say how long operations waited for approvers, for operators and for their undo', async () => {
    const statuses: Known['statuses'] = [
      ['validating', 1],
      ['awaiting_approval', 2],
      ['provisioning', 32],
      ['on_hold', 40],
      ['compensating', 100],
      ['failed', 110],
    ];
    await add({ status: 'failed', seconds: 110, failure: { step: 'verify', type: 'VerificationFailed' }, statuses });
    await add({ status: 'active', seconds: 10, statuses: [['validating', 1]] });
    await recordMissingFigures(registry.pool);
    const [group] = (await read()).groups;
    expect(group!.waiting).toEqual({
      approval: { operations: 1, averageSeconds: 30, p95Seconds: 30 },
      hold: { operations: 1, averageSeconds: 60, p95Seconds: 60 },
      compensation: { operations: 1, averageSeconds: 10, p95Seconds: 10 },
    });
  });

  test('are grouped by plan, region, template and day', async () => {
    await add({ status: 'active', seconds: 1, plan: 'starter', region: 'us-east', at: '2026-03-10T23:30:00Z' });
    await add({ status: 'active', seconds: 1, plan: 'professional', at: '2026-03-11T00:30:00Z' });
    await recordMissingFigures(registry.pool);
    await acceptTenant(registry);
    await registry.pool.query(
      `update operation set created_at = '2026-03-11T10:00:00Z', region = null where completed_at is null`,
    );
    const keys = async (changes: Partial<MetricsFilter>) =>
      (await read(changes)).groups.map(({ key, count }) => [key, count]);
    expect(await keys({ groupBy: 'plan' })).toEqual([
      ['professional', 1],
      ['starter', 2],
    ]);
    expect(await keys({ groupBy: 'region' })).toEqual([
      ['eu-central', 1],
      ['us-east', 1],
      [null, 1],
    ]);
    expect(await keys({ groupBy: 'template' })).toEqual([
      [expect.stringMatching(/^professional \d/) as string, 1],
      [expect.stringMatching(/^starter \d/) as string, 2],
    ]);
    expect(await keys({ groupBy: 'day' })).toEqual([
      ['2026-03-10', 1],
      ['2026-03-11', 2],
    ]);
    expect(await keys({ groupBy: 'day', timeZone: 'America/New_York' })).toEqual([
      ['2026-03-10', 2],
      ['2026-03-11', 1],
    ]);
  });

  test('of a group are its own: percentiles, failure points, steps, waits and use', async () => {
    const day = (at: string, seconds: number, step: string): Known => ({
      status: 'active',
      seconds,
      at,
      attempts: [[step, 1, 0, seconds]],
    });
    await add(day('2026-03-10T10:00:00Z', 10, 'database'));
    await add(day('2026-03-10T11:00:00Z', 20, 'database'));
    await add(day('2026-03-12T10:00:00Z', 100, 'identity'));
    await add({
      status: 'failed',
      seconds: 7,
      at: '2026-03-12T11:00:00Z',
      failure: { step: 'verify', type: 'VerificationFailed' },
      statuses: [['compensating', 3]],
    });
    await recordMissingFigures(registry.pool);
    const [tenth, twelfth, ...others] = (await read({ groupBy: 'day' })).groups;
    expect(others).toEqual([]);
    expect(tenth).toMatchObject({
      key: '2026-03-10',
      succeeded: 2,
      duration: { averageSeconds: 15, p50Seconds: 15, p95Seconds: 19.5 },
      waiting: { compensation: { operations: 0 } },
      failurePoints: [],
      bottlenecks: [{ part: 'database', operations: 2, share: 1 }],
      use: { attempts: 2 },
    });
    expect(twelfth).toMatchObject({
      key: '2026-03-12',
      succeeded: 1,
      failed: { total: 1, failed: 1 },
      duration: { averageSeconds: 100, p50Seconds: 100, p95Seconds: 100 },
      waiting: { compensation: { operations: 1, averageSeconds: 4, p95Seconds: 4 } },
      failurePoints: [{ step: 'verify', type: 'VerificationFailed', count: 1 }],
      bottlenecks: [{ part: 'identity', operations: 1, share: 1 }],
      use: { attempts: 1 },
    });
  });

  test('count an operation once where a day has 23 or 25 hours, and only within the period', async () => {
    const times = ['2026-03-28T23:30:00Z', '2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z', '2026-03-29T22:30:00Z'];
    for (const at of times) await add({ status: 'active', seconds: 1, at });
    for (const at of ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T23:30:00Z'])
      await add({ status: 'active', seconds: 1, at });
    await recordMissingFigures(registry.pool);
    const days = await read({
      groupBy: 'day',
      timeZone: 'Europe/Berlin',
      from: new Date('2026-03-29T00:00:00Z'),
      to: new Date('2026-10-25T23:30:00Z'),
    });
    expect(days.groups.map(({ key, count }) => [key, count])).toEqual([
      ['2026-03-29', 2],
      ['2026-03-30', 1],
      ['2026-10-25', 2],
    ]);
  });

  test('can be limited to what one caller requested, and to a kind', async () => {
    await add({ status: 'active', seconds: 1, caller: 'token:one' });
    await add({ status: 'active', seconds: 1, caller: 'token:two' });
    await recordMissingFigures(registry.pool);
    expect((await read({ caller: 'token:one' })).groups).toMatchObject([{ count: 1 }]);
    expect((await read({ kind: 'suspend' })).groups).toEqual([]);
  });

  test('an operation has its figures as soon as its run has reported the end', async () => {
    const { operationId } = await acceptTenant(registry);
    for (const status of ['validating', 'compensating', 'cancelled'] as const)
      expect(await recordOutcome(registry.pool, { operationId, status })).toBe('committed');
    const { rows } = await registry.pool.query(`select operation_id, status from operation_figures`);
    expect(rows).toEqual([{ operation_id: operationId, status: 'cancelled' }]);
  });

  test('an operation ends although its figures cannot be recorded, and gets them later', async () => {
    const { operationId } = await acceptTenant(registry);
    await registry.asOwner(`alter table operation_figures add constraint broken check (false) not valid`);
    for (const status of ['validating', 'compensating', 'cancelled'] as const)
      expect(await recordOutcome(registry.pool, { operationId, status })).toBe('committed');
    await registry.asOwner(`alter table operation_figures drop constraint broken`);
    expect((await registry.pool.query(`select from operation_figures`)).rowCount).toBe(0);
    await recordMissingFigures(registry.pool);
    expect((await registry.pool.query(`select from operation_figures`)).rowCount).toBe(1);
  });
});
