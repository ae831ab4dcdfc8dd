import { randomUUID } from 'node:crypto';
import type { Step } from '../../../contract/operations/steps';
import { closeApproval, recordDecision } from '../../../registry/operations/approvals';
import { requestResolution, takeResolution } from '../../../registry/operations/resolutions';
import { recordStepEvent } from '../../../registry/operations/step-events';
import { recordBilling, recordOutcome } from '../../../registry/operations/transitions';
import { acceptTenant, type AcceptedTenant } from '../../helpers/tenants/accepted';
import { eventsAbout, expectCatalogued } from '../../helpers/events/events';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the events of operations: not run, this machine has no PostgreSQL');

/** What acceptance appends. */
const ACCEPTED = [
  ['tenant.state', { state: 'provisioning' }],
  ['operation.status', { status: 'pending' }],
];

suite('each change of an operation appends an event in the same transaction:', () => {
  let registry: TestRegistry;
  let tenant: AcceptedTenant;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(async () => {
    tenant = await acceptTenant(registry);
  });

  const move = (outcome: Omit<Parameters<typeof recordOutcome>[1], 'operationId'>): ReturnType<typeof recordOutcome> =>
    recordOutcome(registry.pool, { operationId: tenant.operationId, ...outcome });
  const attempt = (step: Step, more: Partial<Parameters<typeof recordStepEvent>[1]> = {}): Promise<void> =>
    recordStepEvent(registry.pool, {
      ...{ operationId: tenant.operationId, activityId: step, attempt: 1, step, direction: 'forward' as const },
      startedAt: new Date(),
      ...more,
    });
  const told = async (...types: string[]): Promise<[string, object][]> => {
    const events = await eventsAbout(registry.pool, tenant.tenantId);
    return types.length === 0 ? events : events.filter(([type]) => types.includes(type));
  };
  /** Expects `work` to fail because it cannot append an event. */
  const withoutEvents = async (work: () => Promise<unknown>): Promise<void> => {
    await registry.asOwner(`alter table event add constraint none check (false) not valid`);
    try {
      await expect(work()).rejects.toMatchObject({ code: '23514' });
    } finally {
      await registry.asOwner(`alter table event drop constraint none`);
    }
  };

  test('the status of an operation, a question to approvers, a hold and leftovers', async () => {
    const failure = { type: 'ProviderRefused', message: 'Ada Lovelace may not', step: 'database' as const };
    const [deadline, until] = [new Date('2030-01-01'), new Date('2030-01-02')];
    await move({ status: 'validating', region: 'eu-central' });
    await move({ status: 'awaiting_approval', approvalState: 'waiting', approvalDeadline: deadline });
    await move({ status: 'awaiting_approval' });
    await move({ status: 'provisioning' });
    await move({ status: 'on_hold', failure, holdUntil: until });
    await move({ status: 'compensating', failure: { ...failure, type: 'NotOfThisVersion' } });
    const leftover = { kind: 'bucket', provider: 's3', region: 'eu-central', id: 'b', lastError: 'Ada is still in it' };
    await move({ status: 'needs_operator', leftovers: [leftover, leftover] });
    await move({ status: 'needs_operator', leftovers: [leftover, leftover] });
    await move({ status: 'failed', leftovers: [] });
    const failed = { failure: 'ProviderRefused', step: 'database' };
    expect(await told()).toEqual([
      ...ACCEPTED,
      ['operation.status', { from: 'pending', status: 'validating' }],
      ['operation.status', { from: 'validating', status: 'awaiting_approval' }],
      ['approval.asked', { deadline: deadline.toJSON() }],
      ['operation.status', { from: 'awaiting_approval', status: 'provisioning' }],
      ['operation.status', { from: 'provisioning', status: 'on_hold', ...failed }],
      ['operation.held', { until: until.toJSON(), ...failed }],
      ['operation.status', { from: 'on_hold', status: 'compensating', failure: 'InternalError', step: 'database' }],
      ['operation.status', { from: 'compensating', status: 'needs_operator' }],
      ['operation.leftovers', { count: 2 }],
      ['operation.status', { from: 'needs_operator', status: 'failed' }],
      ['tenant.state', { from: 'provisioning', state: 'gone' }],
      ['operation.leftovers', { count: 0 }],
    ]);
  });

  test('a move that the state table refuses appends none', async () => {
    expect(await move({ status: 'active' })).toBe('refused');
    expect(await told()).toEqual(ACCEPTED);
  });

  test('a change whose event cannot be appended is rolled back', async () => {
    await withoutEvents(() => move({ status: 'validating' }));
    const { rows } = await registry.pool.query(`select status from operation where operation_id = $1`, [
      tenant.operationId,
    ]);
    expect(rows).toEqual([{ status: 'pending' }]);
  });

  test('the states of steps, each when it changes, although a start is recorded after the end', async () => {
    await move({ status: 'validating' });
    await attempt('validate', { endedAt: new Date() });
    await attempt('validate');
    await move({ status: 'provisioning' });
    await attempt('reserve', { activityId: 'a' });
    await attempt('reserve', { activityId: 'b' });
    await attempt('reserve', { activityId: 'a', endedAt: new Date() });
    await attempt('reserve', { activityId: 'b', endedAt: new Date() });
    await attempt('database', { endedAt: new Date(), errorType: 'ProviderRefused', errorMessage: 'No.' });
    await move({ status: 'on_hold' });
    await move({ status: 'compensating' });
    await attempt('database', { direction: 'compensation', activityId: 'undo' });
    await attempt('database', { direction: 'compensation', activityId: 'undo', endedAt: new Date() });
    await move({
      status: 'failed',
      steps: [
        { id: 'reserve', state: 'compensated' },
        { id: 'database', state: 'compensated' },
      ],
    });
    expect(await told('step.state')).toEqual(
      [
        ['validate', 'done'],
        ['reserve', 'running'],
        ['reserve', 'done'],
        ['database', 'running'],
        ['database', 'failed'],
        ['database', 'compensating'],
        ['database', 'compensated'],
        ['reserve', 'compensated'],
      ].map(([step, state]) => ['step.state', { step, state }]),
    );
  });

  test('the states of steps, each once, when many attempts are recorded at the same time', async () => {
    await move({ status: 'validating' });
    await move({ status: 'provisioning' });
    const ids = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(ids.map((activityId) => attempt('database', { activityId })));
    await Promise.all(ids.map((activityId) => attempt('database', { activityId, endedAt: new Date() })));
    const states = (await told('step.state')).filter(([, data]) => 'step' in data && data.step === 'database');
    expect(states.map(([, data]) => data)).toEqual([
      { step: 'database', state: 'running' },
      { step: 'database', state: 'done' },
    ]);
  });

  test('attempts that fail, with the cause and the next try, and those that follow them', async () => {
    await move({ status: 'validating' });
    await move({ status: 'provisioning' });
    const nextTry = new Date('2030-01-01');
    const endedAt = new Date();
    await attempt('database');
    await attempt('database', { endedAt, errorType: 'ProviderUnavailable', errorMessage: 'Ada’s disk', nextTry });
    await attempt('database', { attempt: 2 });
    // The start of an attempt may be recorded after its end, and must not hide that it has failed.
    await attempt('database', { attempt: 3, endedAt, errorType: 'NotOfThisVersion', errorMessage: 'No.' });
    await attempt('database', { attempt: 3 });
    await attempt('database', { attempt: 4 });
    await attempt('database', { attempt: 4, endedAt });
    const about = { step: 'database', activityId: 'database', direction: 'forward' };
    expect(await told('step.attempt', 'step.state')).toEqual([
      ['step.state', { step: 'validate', state: 'done' }],
      ['step.state', { step: 'reserve', state: 'done' }],
      ['step.state', { step: 'database', state: 'running' }],
      [
        'step.attempt',
        { ...about, attempt: 1, state: 'failed', failure: 'ProviderUnavailable', nextTry: nextTry.toJSON() },
      ],
      ['step.attempt', { ...about, attempt: 2, state: 'begun' }],
      ['step.attempt', { ...about, attempt: 3, state: 'failed', failure: 'InternalError' }],
      ['step.attempt', { ...about, attempt: 4, state: 'begun' }],
      ['step.state', { step: 'database', state: 'done' }],
    ]);
  });

  test('a resolution, and the steps that it skips', async () => {
    const { operationId } = tenant;
    await move({ status: 'validating' });
    await move({ status: 'on_hold' });
    const { resolutionId } = await requestResolution(registry.pool, {
      ...{
        resolutionId: randomUUID(),
        operationId,
        verb: 'skip',
        reason: 'Ada said so',
        requestedBy: 'token:operator',
      },
      ...{ verified: true, idempotencyKey: null, requestHash: null, orderCiphertext: null, leftovers: null },
    });
    for (let turn = 0; turn < 2; turn++)
      await takeResolution(registry.pool, { operationId, resolutionId, verb: 'skip', steps: ['integrations'] });
    expect(await told('resolution.taken', 'step.state')).toEqual([
      ['resolution.taken', { resolutionId, verb: 'skip', steps: ['integrations'] }],
      ['step.state', { step: 'integrations', state: 'skipped' }],
    ]);
  });

  test('a decision of an approver, once, or the end of its deadline', async () => {
    const { operationId } = tenant;
    const decision = { operationId, decision: 'reject', comment: 'Ada is not a customer', verified: true } as const;
    const decide = (decisionId: string): Promise<unknown> =>
      recordDecision(registry.pool, registry.keys, { ...decision, decisionId, decidedBy: 'token:approver' });
    await move({ status: 'validating' });
    await move({ status: 'awaiting_approval' });
    await decide('d-1');
    await decide('d-2');
    await closeApproval(registry.pool, registry.keys, operationId);
    const kinds = ['approval.decided', 'approval.expired'];
    expect(await told(...kinds)).toEqual([
      ['approval.decided', { decisionId: 'd-1', decision: 'reject', verified: true }],
    ]);
    tenant = await acceptTenant(registry);
    await move({ status: 'validating' });
    await move({ status: 'awaiting_approval' });
    for (let turn = 0; turn < 2; turn++) await closeApproval(registry.pool, registry.keys, tenant.operationId);
    expect(await told(...kinds)).toEqual([['approval.expired', {}]]);
  });

  test('the state of billing, when it changes', async () => {
    for (const state of ['past_due', 'past_due', 'active'] as const)
      await recordBilling(registry.pool, tenant.operationId, state);
    expect(await told('billing.state')).toEqual([
      ['billing.state', { state: 'past_due' }],
      ['billing.state', { state: 'active' }],
    ]);
  });

  test('all events of these tests hold what the catalogue allows, and no text', async () => {
    await expectCatalogued(registry.pool);
  });
});
