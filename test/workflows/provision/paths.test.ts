import { ApplicationFailure, CancelledFailure, defaultPayloadConverter } from '@temporalio/common';
import {
  APPROVAL_SIGNAL,
  CANCEL_UPDATE,
  PROGRESS_QUERY,
  type Leftover,
  type Progress,
  type ProvisionTenantInput,
  type RecoverySettings,
} from '../../../contract/operations/messages';
import { SEARCH_ATTRIBUTES } from '../../../contract/temporal/search-attributes';
import { regionTaskQueue, TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { LONGEST_TEXT } from '../../../contract/text/message-text';
import { stepRule, stepsOf } from '../../../contract/operations/kinds';
import type { OperationStatus, ResolutionVerb } from '../../../contract/operations/states';
import type { Step } from '../../../contract/operations/steps';
import { payloadsOf } from '../../simulation/world/messages';
import type { Run } from '../../simulation/world/temporal/run';
import { VirtualTemporal } from './virtual-temporal';
import { askedFor, resultOf } from '../../helpers/temporal/commands';
import { permanent, REGION } from '../../helpers/temporal/journal';
import { gate } from '../../helpers/temporal/workflow-runs';

const STEPS = stepsOf('provision');

let temporal: VirtualTemporal;
beforeEach(async () => void (temporal = await VirtualTemporal.create()), 120_000);
afterEach(() => temporal.dispose());

const IN_REGION = regionTaskQueue(REGION);
const HOURS = 3_600_000;
const LEFTOVER: Leftover = { kind: 'bucket', provider: 'versity', region: REGION, id: 't-x', lastError: 'refused' };

/** The input of each attempt of an activity. */
const inputs = (type: string): Record<string, unknown>[] =>
  temporal.calls.filter((call) => call.type === type).map(({ input }) => input);
const undone = (): Step[] => inputs('compensateStep').map(({ step }) => step as Step);
const operationOf = ({ workflowId }: Run): string => workflowId.slice('operation/'.length);
const progressOf = async (run: Run): Promise<Progress> => (await run.query(PROGRESS_QUERY)) as Progress;
const fails = (activity: keyof VirtualTemporal['activities'], error: Error = permanent()): void =>
  void Object.assign(temporal.activities, { [activity]: () => Promise.reject(error) });

/** Resolves when the run has recorded this status in the registry. */
const untilRecorded = (status: OperationStatus): Promise<void> =>
  temporal.until(() => temporal.journal.includes(`status ${status}`), `the status ${status}`);

async function pass(milliseconds: number): Promise<void> {
  const over = temporal.clock.now + milliseconds;
  temporal.clock.after(milliseconds, () => {});
  await temporal.until(() => temporal.clock.now >= over);
}

/** Answer to an update: the refusal, or that it was accepted. */
async function send(run: Run, name: string, request: unknown = {}): Promise<string> {
  let answer: string | undefined;
  run.update(name, payloadsOf(request === undefined ? [] : [request])).then(
    () => (answer = 'accepted'),
    ({ cause }: { cause: ApplicationFailure }) => (answer = `${cause.type}: ${cause.message}`),
  );
  await temporal.until(() => answer !== undefined, 'the answer to an update');
  return answer!;
}

/** Runs to the end and returns the outcome, with the failure's text if there is one. */
async function ended(run: Run): Promise<string> {
  const { ending, why } = await temporal.end(run);
  return why === '' ? ending! : `${ending}: ${why}`;
}

/** Search attributes that the run set, one entry per change. */
const indexed = (run: Run): Record<string, unknown>[] =>
  run.commands.flatMap(({ upsertWorkflowSearchAttributes: upsert }) => {
    if (!upsert) return [];
    const fields = upsert.searchAttributes?.indexedFields ?? {};
    const named = Object.entries(SEARCH_ATTRIBUTES).filter(([, { name }]) => name in fields);
    return [
      Object.fromEntries(named.map(([key, { name }]) => [key, defaultPayloadConverter.fromPayload(fields[name]!)])),
    ];
  });

describe('the whole way forward', () => {
  test('makes these calls, level by level, each on the queue of its region', async () => {
    const run = temporal.begin();
    expect(await ended(run)).toBe('completed');
    const levels = [
      ['validateOrder'],
      ['reserveResources'],
      ['provisionDatabase', 'provisionStorageAndCompute', 'configureApplication'],
      ['configureSecurity', 'createOrganization', 'setUpIntegrations'],
      ['verifyRegion', 'verifyGlobal'],
      ['activateTenant'],
      ['activateSubscription', 'sendWelcome', 'requestFirstBackup'],
      ['exportAuditHeads'],
    ];
    const made = temporal.calls.map(({ type }) => type);
    let at = 0;
    for (const level of levels) expect(made.slice(at, (at += level.length)).sort()).toEqual([...level].sort());
    expect(made).toHaveLength(at);
    const inRegion = temporal.calls.filter(({ taskQueue }) => taskQueue === IN_REGION).map(({ type }) => type);
    expect(inRegion.sort()).toEqual(
      [
        ...['configureSecurity', 'exportAuditHeads', 'provisionDatabase', 'provisionStorageAndCompute'],
        'verifyRegion',
      ].sort(),
    );
    for (const { taskQueue } of temporal.calls) expect([IN_REGION, TASK_QUEUE]).toContain(taskQueue);
  });

  test('passes every step its name and its retry limits', async () => {
    const run = temporal.begin();
    await temporal.end(run);
    const operationId = operationOf(run);
    const patience = { maximumAttempts: 3, outageSeconds: 900 };
    const asked: Record<string, Step> = {
      validateOrder: 'validate',
      reserveResources: 'reserve',
      provisionDatabase: 'database',
      provisionStorageAndCompute: 'storage-and-compute',
      configureApplication: 'configuration',
      configureSecurity: 'security',
      createOrganization: 'identity',
      setUpIntegrations: 'integrations',
      verifyRegion: 'verify',
      verifyGlobal: 'verify',
    };
    for (const [type, step] of Object.entries(asked)) {
      const more = type === 'reserveResources' ? { region: REGION } : {};
      expect(inputs(type)).toEqual([{ operationId, step, patience, ...more }]);
    }
    const steps = STEPS.map((id) => ({ id, state: 'done' }));
    expect(inputs('activateTenant')).toEqual([{ operationId, step: 'finalize', steps }]);
    expect(inputs('activateSubscription')).toEqual([{ operationId, step: 'finalize' }]);
    expect(inputs('sendWelcome')).toEqual([{ operationId, step: 'finalize' }]);
    expect(inputs('requestFirstBackup')).toEqual([{ operationId }]);
  });

  test('ends with the id of the active tenant, and all steps done', async () => {
    const input = { tenantId: 'abcdefghijklmnop' };
    const run = temporal.begin(input);
    await temporal.end(run);
    const { result } = run.commands.find((command) => command.completeWorkflowExecution)!.completeWorkflowExecution!;
    expect(defaultPayloadConverter.fromPayload(result!)).toEqual({ ...input, status: 'active' });
    expect(inputs('exportAuditHeads')).toEqual([{ region: REGION, ...input }]);
    expect(await progressOf(run)).toEqual({
      ...{ status: 'active', approval: 'not_required', completed: 10, total: 10, leftovers: [] },
      steps: STEPS.map((id) => ({ id, label: expect.any(String) as string, state: 'done' })),
    });
  });

  test('uses the retry limits of the template', async () => {
    const retry = { maximumAttempts: 5, initialIntervalSeconds: 1, backoffCoefficient: 2, maximumIntervalSeconds: 10 };
    await temporal.end(temporal.begin({ retry: { ...retry, outageSeconds: 60 } }));
    expect(inputs('provisionDatabase')[0]).toMatchObject({ patience: { maximumAttempts: 5, outageSeconds: 60 } });
  });

  test('can be followed by status and by running steps', async () => {
    const seen: string[] = [];
    const run = temporal.begin();
    const { provisionDatabase, activateTenant } = temporal.activities;
    const look = async (): Promise<void> => {
      const { status, steps } = await progressOf(run);
      seen.push(
        `${status}: ${steps
          .filter(({ state }) => state === 'running')
          .map(({ id }) => id)
          .join(' ')}`,
      );
    };
    temporal.activities.validateOrder = async () => {
      await look();
      return { region: REGION, approvalsRequired: [] };
    };
    temporal.activities.provisionDatabase = async (input) => look().then(() => provisionDatabase(input));
    temporal.activities.activateTenant = async (input) => look().then(() => activateTenant(input));
    await temporal.end(run);
    expect(seen).toEqual([
      'validating: validate',
      'provisioning: database storage-and-compute configuration',
      'provisioning: finalize',
    ]);
  });
});

describe('after the pivot', () => {
  test('a declined first charge is reported to the operators, and the tenant stays', async () => {
    temporal.activities.activateSubscription = () => Promise.resolve({ billing: 'past_due' });
    const run = temporal.begin();
    expect(await ended(run)).toBe('completed');
    expect(inputs('notifyOperators')).toEqual([
      {
        ...{ operationId: operationOf(run), status: 'active', occurrence: 0 },
        failure: {
          type: 'PaymentMethodDeclined',
          message: 'The first charge was declined; billing is past due and the tenant stays active.',
          step: 'finalize',
        },
      },
    ]);
  });

  test('activating the subscription is tried four times within a minute, and then reported', async () => {
    fails('activateSubscription', permanent('ProviderRefused'));
    const run = temporal.begin();
    await temporal.until(() => inputs('activateSubscription').length === 1);
    const began = temporal.clock.now;
    expect(await ended(run)).toBe('completed');
    expect(inputs('activateSubscription')).toHaveLength(4);
    expect(temporal.clock.now - began).toBeGreaterThanOrEqual(60_000);
    expect(temporal.clock.now - began).toBeLessThan(62_000);
    expect(inputs('notifyOperators')[0]!['failure']).toEqual({
      type: 'ProviderRefused',
      message:
        'The subscription was not activated and the tenant stays active: end its trial at the payment provider. refused for the test',
      step: 'finalize',
    });
  });

  test('activating the subscription at the second attempt alerts no operator', async () => {
    const { activateSubscription } = temporal.activities;
    temporal.activities.activateSubscription = () => {
      temporal.activities.activateSubscription = activateSubscription;
      return Promise.reject(permanent('ProviderRefused'));
    };
    expect(await ended(temporal.begin())).toBe('completed');
    expect(inputs('activateSubscription')).toHaveLength(2);
    expect(inputs('notifyOperators')).toEqual([]);
  });

  test.each(['sendWelcome', 'requestFirstBackup', 'exportAuditHeads'] as const)(
    'a failure of %s undoes nothing',
    async (activity) => {
      fails(activity);
      expect(await ended(temporal.begin())).toBe('completed');
      expect(undone()).toEqual([]);
    },
  );

  test('a pivot that the registry refuses is undone, and the failure says why', async () => {
    temporal.activities.activateTenant = () => Promise.resolve({ answer: 'refused' });
    expect(await ended(temporal.begin())).toBe(
      'failed: StateConflict: finalize: The registry refused the pivot: the operation has already ended.',
    );
    expect(undone()).toContain('reserve');
  });
});

describe('compensation', () => {
  test('undoes every step that was begun, on the queue where it was made, dependents first, and shows it', async () => {
    fails('createOrganization', permanent('ProviderRefused'));
    const run = temporal.begin();
    expect(await ended(run)).toBe('failed: ProviderRefused: identity: refused for the test');
    const queues = Object.fromEntries(
      temporal.calls
        .filter(({ type }) => type === 'compensateStep')
        .map((call) => [call.input['step'], call.taskQueue]),
    );
    expect(queues).toEqual({
      ...{ database: IN_REGION, 'storage-and-compute': IN_REGION, security: IN_REGION },
      ...{ reserve: TASK_QUEUE, configuration: TASK_QUEUE, identity: TASK_QUEUE, integrations: TASK_QUEUE },
    });
    const order = undone();
    for (const [first, then] of [
      ['security', 'database'],
      ['security', 'storage-and-compute'],
      ['identity', 'configuration'],
      ['integrations', 'configuration'],
      ['database', 'reserve'],
      ['configuration', 'reserve'],
    ] as const)
      expect(order.indexOf(first)).toBeLessThan(order.indexOf(then));
    const operationId = operationOf(run);
    const failure = { type: 'ProviderRefused', message: 'refused for the test', step: 'identity' };
    expect(inputs('recordProgress')).toEqual([
      { operationId, status: 'compensating', failure, approvalState: 'not_required' },
    ]);
    const done = STEPS.slice(STEPS.indexOf('reserve'), STEPS.indexOf('verify'));
    const steps = STEPS.map((id) => ({
      id,
      state: done.includes(id) ? 'compensated' : id === 'validate' ? 'done' : 'pending',
    }));
    expect(inputs('concludeCompensation')).toEqual([
      { operationId, status: 'failed', failure, approvalState: 'not_required', steps },
    ]);
    expect(inputs('notifyCustomer')).toEqual([{ operationId, failure }]);
    expect(inputs('notifyOperators')).toEqual([{ operationId, failure, status: 'failed', occurrence: 0 }]);
    expect(await progressOf(run)).toMatchObject({ status: 'failed', failure, completed: 1 });
  });

  test('continues past a failing undo, and leaves the rest to an operator', async () => {
    fails('setUpIntegrations');
    const { compensateStep } = temporal.activities;
    temporal.activities.compensateStep = (input) =>
      input.step === 'security' ? Promise.reject(permanent()) : compensateStep(input);
    await temporal.end(temporal.begin());
    expect(new Set(undone())).toEqual(
      new Set(['reserve', 'database', 'storage-and-compute', 'security', 'configuration', 'identity', 'integrations']),
    );
  });

  test('undoes independent steps in parallel, and waits for the dependents of a step', async () => {
    fails('setUpIntegrations');
    let release = (): void => {};
    const { compensateStep } = temporal.activities;
    temporal.activities.compensateStep = (input) =>
      input.step === 'security'
        ? new Promise<void>((done) => (release = done)).then(() => compensateStep(input))
        : compensateStep(input);
    const run = temporal.begin();
    await temporal.until(() => undone().includes('security'));
    await pass(1_000);
    expect(undone().sort()).toEqual(['configuration', 'identity', 'integrations', 'security']);
    const { steps } = await progressOf(run);
    expect(Object.fromEntries(steps.map(({ id, state }) => [id, state]))).toMatchObject({
      ...{ security: 'compensating', identity: 'compensated', database: 'done', verify: 'pending' },
    });
    release();
    await temporal.end(run);
    expect(undone().slice(-3).sort()).toEqual(['database', 'reserve', 'storage-and-compute']);
  });

  test('after a cancellation has the customer told of it as the plan says, and ends as cancelled', async () => {
    const run = temporal.begin();
    const { provisionDatabase } = temporal.activities;
    let answer: Promise<string> | undefined;
    temporal.activities.provisionDatabase = async (input) => {
      answer = run.update(CANCEL_UPDATE, payloadsOf([{ requestedBy: 'test' }])).then(
        () => 'accepted',
        () => 'refused',
      );
      await pass0();
      return provisionDatabase(input);
    };
    const pass0 = (): Promise<void> => temporal.clock.sleep(50);
    expect(await ended(run)).toMatch(/^failed: Cancelled: /);
    expect(await answer).toBe('accepted');
    expect(inputs('notifyCustomer')).toMatchObject([{ failure: { type: 'Cancelled' } }]);
    expect(inputs('concludeCompensation')).toMatchObject([{ status: 'cancelled', failure: { type: 'Cancelled' } }]);
    expect(undone()).toContain('database');
    expect(await send(run, CANCEL_UPDATE).catch(() => 'over')).toBe('over');
  });

  test('cannot be cancelled', async () => {
    fails('setUpIntegrations');
    const run = temporal.begin();
    let answer: Promise<unknown> = Promise.resolve();
    const { compensateStep } = temporal.activities;
    temporal.activities.compensateStep = async (input) => {
      if (input.step === 'integrations') {
        answer = run
          .update(CANCEL_UPDATE, payloadsOf([{}]))
          .catch(({ cause }: { cause: ApplicationFailure }) => `${cause.type}: ${cause.message}`);
        await temporal.clock.sleep(50);
      }
      return compensateStep(input);
    };
    expect(await ended(run)).toMatch(/^failed: ProviderRefused/);
    expect(await answer).toBe('StateConflict: The operation is compensating: it can no longer be cancelled.');
  });

  test('caused by Temporal’s own cancel ends the run as cancelled', async () => {
    const run = temporal.begin();
    const { provisionDatabase } = temporal.activities;
    temporal.activities.provisionDatabase = async (input) => {
      run.cancel();
      await temporal.clock.sleep(50);
      return provisionDatabase(input);
    };
    expect(await ended(run)).toBe('cancelled');
    expect(inputs('concludeCompensation')).toMatchObject([{ status: 'cancelled' }]);
    expect(undone()).toContain('reserve');
  });

  test('includes a registered step that never began, which stays pending', async () => {
    fails('validateOrder');
    const run = temporal.begin();
    expect(await ended(run)).toBe('failed: ProviderRefused: validate: refused for the test');
    expect(undone()).toEqual(['reserve']);
    const { steps } = await progressOf(run);
    expect(steps.map(({ state }) => state)).toEqual(['failed', ...Array<string>(9).fill('pending')]);
  });

  test.each([
    ['fails after the cancellation', 200, 400],
    ['has failed before the cancellation', 400, 200],
  ])('reports the failed step, and not its cancelled sibling, when the step %s', async (_, ...after) => {
    const [cancelled, failed] = after;
    const run = temporal.begin();
    temporal.activities.provisionDatabase = async () => {
      void run.update(CANCEL_UPDATE, payloadsOf([{}]));
      await temporal.clock.sleep(cancelled);
      throw new CancelledFailure('CANCELLED');
    };
    temporal.activities.configureApplication = async () => {
      await temporal.clock.sleep(failed);
      throw permanent('ProviderRefused');
    };
    expect(await ended(run)).toBe('failed: ProviderRefused: configuration: refused for the test');
    expect(inputs('concludeCompensation')).toMatchObject([{ status: 'cancelled' }]);
  });

  test('reports the failure that came first', async () => {
    fails('configureApplication', permanent('ResourceNotOurs'));
    temporal.activities.provisionDatabase = async () => {
      await temporal.clock.sleep(1_000);
      throw permanent('ProviderRefused');
    };
    expect(await ended(temporal.begin())).toBe('failed: ResourceNotOurs: configuration: refused for the test');
  });
});

describe('an approval', () => {
  const APPROVALS = ['database.connectionLimit'];
  beforeEach(() => {
    temporal.activities.validateOrder = () => {
      temporal.journal.push('=validate');
      return Promise.resolve({ region: REGION, approvalsRequired: APPROVALS });
    };
  });
  const waiting = async (input: Partial<ProvisionTenantInput> = {}): Promise<Run> => {
    const run = temporal.begin(input);
    await untilRecorded('awaiting_approval');
    await pass(100);
    return run;
  };
  const signal = (run: Run, sent: unknown): void => run.signal(APPROVAL_SIGNAL, payloadsOf([sent]));

  test('is awaited: registry and approvers have the deadline, and the run shows it', async () => {
    const began = temporal.clock.now;
    const run = await waiting({ approvalDeadlineSeconds: 7200 });
    const operationId = operationOf(run);
    const [recorded] = inputs('recordProgress');
    expect(recorded).toMatchObject({ operationId, status: 'awaiting_approval', approvalState: 'waiting' });
    const deadline = Date.parse(recorded!['approvalDeadline'] as string);
    expect(Math.abs(deadline - began - 2 * HOURS)).toBeLessThan(1_000);
    expect(inputs('notifyApprovers')).toEqual([{ operationId }]);
    expect(await progressOf(run)).toMatchObject({ status: 'awaiting_approval', approval: 'waiting', completed: 1 });
    signal(run, { decision: 'approve' });
    expect(await ended(run)).toBe('completed');
    expect(inputs('validateOrder')).toHaveLength(2);
    expect((await progressOf(run)).approval).toBe('approved');
    expect(inputs('notifyApprovers')).toHaveLength(1);
  });

  test.each([
    [7200, 5400],
    [72 * 3600, 60 * 3600],
  ])('with %i seconds to decide has one reminder, after %i', async (approvalDeadlineSeconds, after) => {
    const began = temporal.clock.now;
    const run = await waiting({ approvalDeadlineSeconds });
    await pass(after * 1000 - 5_000 - (temporal.clock.now - began));
    expect(inputs('notifyApprovers')).toHaveLength(1);
    await pass(10_000);
    expect(inputs('notifyApprovers')).toEqual([
      { operationId: operationOf(run) },
      { operationId: operationOf(run), reminder: true },
    ]);
    expect(await ended(run)).toBe(
      'failed: ApprovalExpired: validate: No approver decided before the deadline. Order again when an approver is available.',
    );
    expect(Math.abs(temporal.clock.now - began - approvalDeadlineSeconds * 1000)).toBeLessThan(5_000);
    expect(inputs('notifyApprovers')).toHaveLength(2);
    expect(inputs('loadDecision')).toEqual([
      { operationId: operationOf(run), acceptUnverified: true, atDeadline: true },
    ]);
    expect(inputs('concludeCompensation')).toMatchObject([{ status: 'rejected', approvalState: 'expired' }]);
    expect(undone()).toEqual(['reserve']);
  });

  test('that is refused ends the order, and nothing is made', async () => {
    const run = await waiting({ acceptUnverifiedApproval: false });
    temporal.activities.loadDecision = () =>
      Promise.resolve({ decision: 'reject', decidedBy: 'token:boss', verified: true });
    signal(run, { decisionId: 'of the registry' });
    expect(await ended(run)).toBe('failed: ApprovalRejected: validate: An approver rejected the customization.');
    expect(inputs('loadDecision')).toEqual([{ operationId: operationOf(run), acceptUnverified: false }]);
    expect(inputs('concludeCompensation')).toMatchObject([{ status: 'rejected', approvalState: 'rejected' }]);
    expect(undone()).toEqual(['reserve']);
  });

  test.each(['approve', 'reject'] as const)(
    'given in time (%s) counts at the deadline even without a signal',
    async (decision) => {
      const run = await waiting();
      temporal.activities.loadDecision = ({ atDeadline }) =>
        Promise.resolve({ decision: atDeadline ? decision : 'ignored', decidedBy: 'token:boss', verified: true });
      expect(await ended(run)).toMatch(decision === 'approve' ? /^completed$/ : /^failed: ApprovalRejected/);
    },
  );

  test('that the registry does not know is ignored, and the next one counts', async () => {
    const run = await waiting();
    const { loadDecision } = temporal.activities;
    temporal.activities.loadDecision = () => {
      temporal.activities.loadDecision = loadDecision;
      return Promise.resolve({ decision: 'ignored', decidedBy: 'nobody', verified: false });
    };
    signal(run, { decision: 'reject' });
    await pass(1_000);
    expect((await progressOf(run)).status).toBe('awaiting_approval');
    signal(run, { decision: 'approve', comment: 'fine' });
    expect(await ended(run)).toBe('completed');
    expect(inputs('loadDecision')).toMatchObject([{ decision: 'reject' }, { decision: 'approve', comment: 'fine' }]);
  });

  test.each<[string, unknown, object]>([
    ['only names a decision in the registry', { decisionId: 'id', decision: 'reject' }, {}],
    ['has no decision', {}, {}],
    ['is nothing', null, {}],
    ['is a text', 'approve', {}],
    ['has an unknown decision', { decision: 'perhaps' }, {}],
    ['has a comment that is not text', { decision: 'approve', comment: 7 }, {}],
    ['has a comment with a control character', { decision: 'approve', comment: 'a\u0000b' }, {}],
    ['has a comment that is a list', { decision: 'approve', comment: ['fine'] }, {}],
    [
      'has the longest comment the API accepts',
      { decision: 'approve', comment: 'x'.repeat(LONGEST_TEXT) },
      { decision: 'approve', comment: 'x'.repeat(LONGEST_TEXT) },
    ],
    ['has too long a comment', { decision: 'approve', comment: 'x'.repeat(100_000) }, {}],
    ['approves', { decision: 'approve' }, { decision: 'approve' }],
    ['rejects with a comment', { decision: 'reject', comment: 'no' }, { decision: 'reject', comment: 'no' }],
    ['approves, with an id that is not text', { decisionId: 7, decision: 'approve' }, { decision: 'approve' }],
  ])('whose signal %s is looked up in the registry, with the usable parts of the signal', async (_, sent, used) => {
    const run = await waiting();
    signal(run, sent);
    await temporal.until(() => inputs('loadDecision').length > 0);
    expect(inputs('loadDecision')[0]).toEqual({ operationId: operationOf(run), acceptUnverified: true, ...used });
  });

  test('announced by two signals at once is looked up once, with the first decision that any of them carries', async () => {
    const run = await waiting();
    for (const sent of [{ decisionId: 'id' }, { decision: 'approve' }, { decision: 'reject' }]) signal(run, sent);
    expect(await ended(run)).toBe('completed');
    expect(inputs('loadDecision')).toEqual([
      { operationId: operationOf(run), acceptUnverified: true, decision: 'approve' },
    ]);
  });

  test('that arrives before the run waits for it is not lost', async () => {
    const run = temporal.begin();
    signal(run, { decision: 'approve' });
    expect(await ended(run)).toBe('completed');
    expect(inputs('loadDecision')).toHaveLength(1);
  });

  test('that is pending does not prevent a cancellation', async () => {
    const run = await waiting();
    expect(await send(run, CANCEL_UPDATE, { requestedBy: 'test' })).toBe('accepted');
    expect(await ended(run)).toMatch(/^failed: Cancelled/);
    expect(inputs('concludeCompensation')).toMatchObject([{ status: 'cancelled', approvalState: 'waiting' }]);
  });
});

describe('a hold', () => {
  const HOLDS: RecoverySettings = { onPermanentFailure: 'hold', holdSeconds: 3600, skippable: ['integrations'] };
  const id = '0b8a5a0e-6a86-4f0e-9d3c-8f3f0f6f2a11';

  /** A run on hold because these activities failed; `mend` makes them work again. */
  async function held(activities: (keyof VirtualTemporal['activities'])[] = ['setUpIntegrations']) {
    const before = { ...temporal.activities };
    for (const activity of activities) fails(activity, permanent('PaymentMethodDeclined'));
    const run = temporal.begin({ recovery: HOLDS });
    await untilRecorded('on_hold');
    await pass(100);
    return { run, mend: () => void Object.assign(temporal.activities, before) };
  }

  test('is recorded with its failure and deadline, reported to the operators, and undoes nothing', async () => {
    const { run } = await held();
    const operationId = operationOf(run);
    const failure = { type: 'PaymentMethodDeclined', message: 'refused for the test', step: 'integrations' };
    const [recorded] = inputs('recordProgress');
    const { holdUntil } = recorded as { holdUntil: string };
    expect(recorded).toEqual({ operationId, status: 'on_hold', failure, holdUntil });
    expect(Math.abs(Date.parse(holdUntil) - temporal.clock.now - HOURS)).toBeLessThan(2_000);
    expect(inputs('notifyOperators')).toEqual([{ operationId, failure, status: 'on_hold', occurrence: 0 }]);
    expect(await progressOf(run)).toMatchObject({ status: 'on_hold', failure, holdUntil, completed: 7 });
    expect(undone()).toEqual([]);
  });

  test.each([
    ['retry', {}],
    ['amend', { resolutionId: id }],
  ] as const)('%s repeats the failed steps and nothing else', async (verb, request) => {
    const { run, mend } = await held();
    mend();
    expect(await send(run, verb, request)).toBe('accepted');
    expect(await ended(run)).toBe('completed');
    const operationId = operationOf(run);
    expect(inputs('takeResolution')).toEqual([{ operationId, steps: ['integrations'], verb, ...request }]);
    expect(inputs('setUpIntegrations')).toHaveLength(2);
    expect(inputs('createOrganization')).toHaveLength(1);
    expect(inputs('recordProgress').at(-1)).toEqual({ operationId, status: 'provisioning' });
    const progress = await progressOf(run);
    expect(progress.failure).toBeUndefined();
    expect(progress.holdUntil).toBeUndefined();
    expect(undone()).toEqual([]);
  });

  test('a decision that the registry does not know is discarded, and the hold continues', async () => {
    const { run, mend } = await held();
    const { takeResolution } = temporal.activities;
    temporal.activities.takeResolution = () => {
      temporal.activities.takeResolution = takeResolution;
      return Promise.resolve({ answer: 'unknown' });
    };
    expect(await send(run, 'retry', { resolutionId: id })).toBe('accepted');
    await pass(1_000);
    expect((await progressOf(run)).status).toBe('on_hold');
    mend();
    expect(await send(run, 'retry', { resolutionId: id })).toBe('accepted');
    expect(await ended(run)).toBe('completed');
  });

  test('a decision is carried out only once', async () => {
    const { run } = await held();
    expect(await send(run, 'retry', { resolutionId: id })).toBe('accepted');
    await temporal.until(() => inputs('recordProgress').filter(({ status }) => status === 'on_hold').length === 2);
    await pass(100);
    expect(await send(run, 'retry', { resolutionId: id })).toBe(
      'StateConflict: This decision has already been carried out. Make a new one.',
    );
    expect(inputs('notifyOperators')).toMatchObject([{ occurrence: 0 }, { occurrence: 1 }]);
  });

  test('skip undoes what the step had begun, and nothing is charged', async () => {
    const { run } = await held();
    expect(await send(run, 'skip', { reason: 'billed by hand' })).toBe('accepted');
    expect(await ended(run)).toBe('completed');
    expect(undone()).toEqual(['integrations']);
    expect(inputs('activateSubscription')).toEqual([]);
    const { steps } = await progressOf(run);
    expect(steps.find((step) => step.id === 'integrations')?.state).toBe('skipped');
    expect(inputs('takeResolution')).toMatchObject([{ verb: 'skip', reason: 'billed by hand' }]);
    expect(inputs('activateTenant')[0]!['steps']).toContainEqual({ id: 'integrations', state: 'skipped' });
  });

  test('a skipped step stays skipped when the run is compensated later', async () => {
    const { run } = await held();
    fails('verifyRegion', permanent('VerificationFailed'));
    expect(await send(run, 'skip', { reason: 'billed by hand' })).toBe('accepted');
    await temporal.until(() => inputs('recordProgress').filter(({ status }) => status === 'on_hold').length === 2);
    await pass(100);
    expect(await send(run, 'compensate')).toBe('accepted');
    await temporal.end(run);
    const { steps } = await progressOf(run);
    expect(steps.find((step) => step.id === 'integrations')?.state).toBe('skipped');
  });

  test('compensate ends the run with the original failure', async () => {
    const { run } = await held();
    expect(await send(run, 'compensate', { reason: 'no use' })).toBe('accepted');
    expect(await ended(run)).toBe('failed: PaymentMethodDeclined: integrations: refused for the test');
    expect(inputs('concludeCompensation')).toMatchObject([{ status: 'failed' }]);
    expect(inputs('setUpIntegrations')).toHaveLength(1);
    expect(inputs('recordProgress').map(({ status }) => status)).toEqual(['on_hold', 'compensating']);
  });

  test('does not begin when a step was cancelled beside the one that failed', async () => {
    fails('setUpIntegrations', permanent('PaymentMethodDeclined'));
    const run = temporal.begin({ recovery: HOLDS });
    temporal.activities.createOrganization = async () => {
      await temporal.clock.sleep(200);
      void run.update(CANCEL_UPDATE, payloadsOf([{}]));
      await temporal.clock.sleep(60_000);
      throw new CancelledFailure('CANCELLED');
    };
    await temporal.end(run);
    expect(temporal.journal).not.toContain('status on_hold');
    expect(indexed(run).map(({ status }) => status)).not.toContain('on_hold');
    expect((await progressOf(run)).failure).toMatchObject({ type: 'PaymentMethodDeclined', step: 'integrations' });
    expect(inputs('concludeCompensation')).toMatchObject([{ status: 'cancelled' }]);
  });

  test('ends at its deadline without a decision', async () => {
    const { run } = await held();
    const began = temporal.clock.now;
    expect(await ended(run)).toMatch(/^failed: PaymentMethodDeclined/);
    expect(Math.abs(temporal.clock.now - began - HOURS)).toBeLessThan(10_000);
    expect(inputs('takeResolution')).toEqual([]);
  });

  test('can be cancelled', async () => {
    const { run } = await held();
    expect(await send(run, CANCEL_UPDATE)).toBe('accepted');
    await temporal.end(run);
    expect(inputs('concludeCompensation')).toMatchObject([{ status: 'cancelled' }]);
    expect(undone()).toContain('integrations');
  });

  test('two steps that fail in parallel cause one hold, and one retry repeats both', async () => {
    const { run, mend } = await held(['setUpIntegrations', 'createOrganization']);
    mend();
    expect(await send(run, 'retry')).toBe('accepted');
    expect(await ended(run)).toBe('completed');
    expect(inputs('takeResolution')[0]!['steps']).toEqual(['identity', 'integrations']);
    expect(inputs('recordProgress').map(({ status }) => status)).toEqual(['on_hold', 'provisioning']);
  });

  test('refuses impossible decisions with the reason', async () => {
    const { run } = await held(['createOrganization']);
    const answers = {
      skip: await send(run, 'skip', { reason: 'no need' }),
      amend: await send(run, 'amend'),
      accept: await send(run, 'accept', { resolutionId: id }),
      bogus: await send(run, 'retry', { resolutionId: 'bogus' }),
      reason: await send(run, 'retry', { reason: 'a\u0000b' }),
      number: await send(run, 'retry', { reason: 7 }),
      long: await send(run, 'retry', { reason: 'x'.repeat(100_000) }),
      text: await send(run, 'retry', 'now'),
    };
    expect(answers).toEqual({
      skip: 'StateConflict: The template does not allow identity to be skipped.',
      amend:
        'StateConflict: amend needs details that only the API accepts: POST /v1/operations/{operationId}/resolution.',
      accept:
        'StateConflict: The operation is on_hold: accept is not possible. It allows retry, amend, skip, compensate, cancel.',
      bogus: 'MalformedMessage: retry: resolutionId is not an id.',
      ...Object.fromEntries(
        ['reason', 'number', 'long'].map((name) => [
          name,
          expect.stringMatching(/^MalformedMessage: retry: the reason must be text of at most \d+ characters without/),
        ]),
      ),
      text: 'MalformedMessage: retry: expected an object, or nothing.',
    });
    expect(await send(run, CANCEL_UPDATE, { requestedBy: 7 })).toBe(
      'MalformedMessage: cancel: requestedBy must be text.',
    );
    expect(await send(run, CANCEL_UPDATE, 'now')).toBe('MalformedMessage: cancel: expected an object, or nothing.');
    expect((await progressOf(run)).status).toBe('on_hold');
    expect(inputs('takeResolution')).toEqual([]);
  });

  test('refuses to skip unskippable steps, naming all of them, and a reason that is not text', async () => {
    const { run } = await held(['createOrganization', 'setUpIntegrations', 'configureSecurity']);
    expect(await send(run, 'skip', { reason: 'no need' })).toBe(
      'StateConflict: The template does not allow security, identity to be skipped.',
    );
    expect(await send(run, 'retry', { reason: ['x'] })).toMatch(/^MalformedMessage: retry: the reason must be text/);
  });

  test('a reason may be as long as the API allows', async () => {
    const { run } = await held();
    expect(await send(run, 'compensate', { reason: 'x'.repeat(LONGEST_TEXT) })).toBe('accepted');
    await temporal.end(run);
    expect(inputs('takeResolution')[0]!['reason']).toHaveLength(LONGEST_TEXT);
  });

  test('no further decision is accepted while one is being carried out', async () => {
    const { run } = await held();
    let release = (): void => {};
    const { compensateStep } = temporal.activities;
    temporal.activities.compensateStep = (input) =>
      new Promise<void>((done) => (release = done)).then(() => compensateStep(input));
    expect(await send(run, 'skip', { reason: 'billed by hand' })).toBe('accepted');
    await temporal.until(() => undone().length === 1);
    expect(await send(run, 'retry')).toMatch(/^StateConflict: The operation is on_hold: retry is not possible/);
    release();
    expect(await ended(run)).toBe('completed');
  });

  test('a decision during compensation is refused: there is nothing to decide', async () => {
    fails('setUpIntegrations');
    const run = temporal.begin();
    let answer: unknown;
    const { compensateStep } = temporal.activities;
    temporal.activities.compensateStep = async (input) => {
      answer ??= await run.update('retry', payloadsOf([{}])).catch(({ cause }: { cause: Error }) => cause.message);
      return compensateStep(input);
    };
    await temporal.end(run);
    expect(answer).toBe('The operation is compensating: retry is not possible. It allows nothing of the kind.');
  });

  test('an accepted update is confirmed', async () => {
    const { run } = await held();
    const answers = ['retry', CANCEL_UPDATE].map((name) => run.update(name, payloadsOf([{}])));
    await temporal.end(run);
    expect(await Promise.all(answers)).toEqual([{ accepted: true }, { accepted: true }]);
  });

  test('a skip needs a reason', async () => {
    const { run } = await held();
    for (const request of [{}, { reason: '' }])
      expect(await send(run, 'skip', request)).toBe(
        'StateConflict: Give a reason: { "reason": "…" }. It is kept with the tenant.',
      );
  });

  test('no decision is accepted while the run is at work, or after it has decided', async () => {
    const run = temporal.begin({ recovery: HOLDS });
    const answers: string[] = [];
    const { provisionDatabase } = temporal.activities;
    temporal.activities.provisionDatabase = async (input) => {
      for (const verb of ['retry', 'skip', 'accept'] satisfies ResolutionVerb[])
        await run
          .update(verb, payloadsOf([{ resolutionId: id, reason: 'x' }]))
          .catch(({ cause }: { cause: Error }) => answers.push(cause.message));
      return provisionDatabase(input);
    };
    expect(await ended(run)).toBe('completed');
    expect(answers).toEqual(
      ['retry', 'skip', 'accept'].map(
        (verb) => `The operation is provisioning: ${verb} is not possible. It allows cancel.`,
      ),
    );
  });

  test('does not begin where the template compensates, or where the step was cancelled', async () => {
    fails('setUpIntegrations');
    expect(await ended(temporal.begin({ recovery: { ...HOLDS, onPermanentFailure: 'compensate' } }))).toMatch(
      /^failed/,
    );
    expect(await ended(temporal.begin())).toMatch(/^failed/);
    expect(temporal.journal).not.toContain('status on_hold');
  });
});

describe('leftovers', () => {
  let left: Leftover[];
  beforeEach(() => {
    left = [LEFTOVER];
    fails('setUpIntegrations', permanent('PaymentMethodDeclined'));
    temporal.activities.concludeCompensation = ({ status }) => {
      const end = left.length > 0 ? 'needs_operator' : status;
      temporal.journal.push(`status ${end}`);
      return Promise.resolve({ status: end, leftovers: left });
    };
  });
  const id = '0b8a5a0e-6a86-4f0e-9d3c-8f3f0f6f2a11';
  const open = async (): Promise<Run> => {
    const run = temporal.begin();
    await untilRecorded('needs_operator');
    await pass(100);
    return run;
  };

  test('keep the run open, visible, and reported to the operators', async () => {
    const run = await open();
    await pass(30 * 24 * HOURS);
    expect(run.closed).toBe(false);
    expect(await progressOf(run)).toMatchObject({ status: 'needs_operator', leftovers: [LEFTOVER] });
    expect(inputs('notifyOperators')).toMatchObject([{ status: 'needs_operator' }]);
    expect(await send(run, 'compensate')).toBe(
      'StateConflict: The operation is needs_operator: compensate is not possible. It allows retry, accept.',
    );
  });

  /** Holds the mail to the operators until the returned function is called. */
  function heldMail(): () => void {
    let release!: () => void;
    const released = new Promise<void>((done) => (release = done));
    temporal.activities.notifyOperators = () => released;
    return release;
  }

  test('can be decided before the mail is sent; the run waits for its mail before it ends', async () => {
    const release = heldMail();
    const run = await open();
    left = [];
    expect(await send(run, 'retry')).toBe('accepted');
    await untilRecorded('failed');
    await pass(1_000);
    expect(run.closed).toBe(false);
    release();
    expect(await ended(run)).toMatch(/^failed: PaymentMethodDeclined/);
  });

  test('are undone again by a retry, which sends the customer no second mail', async () => {
    const run = await open();
    const before = undone().length;
    left = [];
    expect(await send(run, 'retry')).toBe('accepted');
    expect(await ended(run)).toBe('failed: PaymentMethodDeclined: integrations: refused for the test');
    expect(undone()).toHaveLength(2 * before);
    expect(inputs('notifyCustomer')).toHaveLength(1);
    expect(inputs('takeResolution')).toMatchObject([{ verb: 'retry', steps: [] }]);
    expect(inputs('concludeCompensation').map(({ status }) => status)).toEqual(['failed', 'failed']);
    expect(inputs('notifyOperators')).toMatchObject([{ occurrence: 0 }, { occurrence: 1, status: 'failed' }]);
    expect((await progressOf(run)).leftovers).toEqual([]);
  });

  test('are accepted only by name, which the API requires', async () => {
    const run = await open();
    expect(await send(run, 'accept', { reason: 'kept' })).toMatch(
      /^StateConflict: accept needs details that only the API/,
    );
  });

  test('are accepted without another undo, and one decision can follow another', async () => {
    const run = await open();
    const before = undone().length;
    expect(await send(run, 'accept', { resolutionId: id, reason: 'kept' })).toBe('accepted');
    await temporal.until(() => inputs('concludeCompensation').length === 2);
    await pass(100);
    left = [];
    expect(await send(run, 'accept', { resolutionId: id.replace('0', '1') })).toBe('accepted');
    expect(await ended(run)).toMatch(/^failed: PaymentMethodDeclined/);
    expect(undone()).toHaveLength(before);
    expect(inputs('takeResolution')).toHaveLength(2);
  });
});

describe('a run that succeeds a lost one', () => {
  const failure = { type: 'ProviderRefused' as const, message: 'refused before', step: 'database' as const };

  test('undoes everything its predecessor may have made, and reports the failure that it had recorded', async () => {
    const run = temporal.begin({ resume: { as: 'compensate', region: REGION, failure, end: 'rejected' } });
    expect(await ended(run)).toBe('failed: ProviderRefused: database: refused before');
    expect(new Set(undone())).toEqual(
      new Set(['reserve', 'database', 'storage-and-compute', 'security', 'configuration', 'identity', 'integrations']),
    );
    const operationId = operationOf(run);
    expect(inputs('recordProgress')).toEqual([{ operationId, status: 'compensating', failure }]);
    expect(inputs('concludeCompensation')).toEqual([{ operationId, status: 'rejected', failure }]);
    const undoneAt = (step: Step) => temporal.calls.find(({ input }) => input['step'] === step)?.taskQueue;
    expect(undoneAt('database')).toBe(IN_REGION);
    expect(undoneAt('reserve')).toBe(TASK_QUEUE);
    const { steps } = await progressOf(run);
    expect(new Set(steps.map(({ state }) => state))).toEqual(new Set(['pending']));
  });

  test('reports RunLost where its predecessor recorded no failure', async () => {
    expect(await ended(temporal.begin({ resume: { as: 'compensate' } }))).toBe(
      'failed: RunLost: validate: The run was terminated, or its history is gone; what it had made is undone.',
    );
  });

  test('completes the hand-over after the pivot, and cannot be cancelled', async () => {
    const run = temporal.begin({ resume: { as: 'hand-over', region: REGION, skipped: ['integrations'] } });
    expect(await ended(run)).toBe('completed');
    const made = temporal.calls.map(({ type }) => type);
    expect(made.sort()).toEqual(['exportAuditHeads', 'requestFirstBackup', 'sendWelcome']);
    expect((await progressOf(run)).status).toBe('active');
  });

  test('charges where nothing was skipped', async () => {
    await temporal.end(temporal.begin({ resume: { as: 'hand-over' } }));
    expect(temporal.calls.map(({ type }) => type)).toContain('activateSubscription');
    // Without a region there is no vault to export the trail to.
    expect(temporal.calls.map(({ type }) => type)).not.toContain('exportAuditHeads');
  });
});

describe('how a failure is reported', () => {
  test.each<[string, Error, object]>([
    [
      'a type of the catalogue, with the member to correct',
      ApplicationFailure.create({
        ...{ type: 'CapacityExhausted', message: 'full', nonRetryable: true },
        details: [{ pointer: '/region' }],
      }),
      { type: 'CapacityExhausted', message: 'full', pointer: '/region' },
    ],
    [
      'a type of the catalogue, with an unusable pointer',
      ApplicationFailure.create({
        ...{ type: 'CapacityExhausted', message: 'full', nonRetryable: true },
        details: [{ pointer: 7 }],
      }),
      { type: 'CapacityExhausted', message: 'full' },
    ],
    [
      'a type of the catalogue, with other details',
      ApplicationFailure.create({ type: 'CapacityExhausted', message: 'full', nonRetryable: true, details: [null] }),
      { type: 'CapacityExhausted', message: 'full' },
    ],
    [
      'an unknown type, without its text',
      ApplicationFailure.nonRetryable('password hunter2 at 10.0.0.1', 'Mystery'),
      { type: 'InternalError', message: expect.stringMatching(/: see the worker’s log\.$/) as string },
    ],
  ])('%s', async (_, error, told) => {
    fails('provisionDatabase', error);
    await temporal.end(temporal.begin());
    expect(inputs('recordProgress')[0]!['failure']).toEqual({ step: 'database', ...told });
  });

  test('a step that ran out of time', async () => {
    const { wait, release } = gate();
    temporal.activities.provisionDatabase = wait;
    const run = temporal.begin();
    await temporal.end(run);
    // Its heartbeats would keep jest from exiting.
    release();
    expect(inputs('recordProgress')[0]!['failure']).toEqual({
      ...{ type: 'ProviderUnavailable', step: 'database' },
      message: expect.stringMatching(/^The step ran out of time \(.+\)\.$/) as string,
    });
  });
});

describe('an unusable input ends the run with the reason', () => {
  const retry = { maximumAttempts: 3, initialIntervalSeconds: 1, backoffCoefficient: 2, maximumIntervalSeconds: 10 };
  const recovery = { onPermanentFailure: 'hold', holdSeconds: 60, skippable: ['integrations'] };
  const wrong: [string, unknown][] = [
    ['operationId', 'op_short'],
    ['operationId', `xop_aaaaaaaaaaaaaaaaaaaa`],
    ['operationId', `op_aaaaaaaaaaaaaaaaaaaaa`],
    ['operationId', 7],
    ['tenantId', 'Abcdefghijklmnop'],
    ['tenantId', 'abcdefghijklmnopq'],
    ['tenantId', '0abcdefghijklmnop'],
    ['plan', ''],
    ['plan', 'x'.repeat(201)],
    ['plan', 'a\u0000b'],
    ['plan', 7],
    ['approvalDeadlineSeconds', -1],
    ['approvalDeadlineSeconds', 315_360_001],
    ['approvalDeadlineSeconds', '60'],
    ['compensationSeconds', 0],
    ['acceptUnverifiedApproval', 'yes'],
    ['retry', null],
    ['retry', 'often'],
    ['retry', { ...retry, maximumAttempts: 0 }],
    ['retry', { ...retry, maximumAttempts: 1001 }],
    ['retry', { ...retry, initialIntervalSeconds: 0 }],
    ['retry', { ...retry, backoffCoefficient: 0 }],
    ['retry', { ...retry, backoffCoefficient: 101 }],
    ['retry', { ...retry, maximumIntervalSeconds: 0 }],
    ['recovery', { ...recovery, onPermanentFailure: 'wait' }],
    ['recovery', { ...recovery, holdSeconds: -1 }],
    ['recovery', { ...recovery, skippable: ['lunch'] }],
    ['recovery', { ...recovery, skippable: 'integrations' }],
    ['resume', { as: 'sleep' }],
    ['resume', { as: 'compensate', skipped: ['lunch'] }],
    ['resume', { as: 'compensate', skipped: null }],
  ];
  test.each(wrong)('%s: %j', async (name, value) => {
    expect(await ended(temporal.begin({ [name]: value }))).toBe(
      `failed: MalformedMessage: Missing or invalid in the input: ${name}.`,
    );
    expect(temporal.calls).toEqual([]);
  });

  test('all invalid members are named together', async () => {
    expect(await ended(temporal.begin({ plan: '', retry: null as never }))).toBe(
      'failed: MalformedMessage: Missing or invalid in the input: plan, retry.',
    );
  });

  test.each<[string, unknown]>([
    ['approvalDeadlineSeconds', 0],
    ['approvalDeadlineSeconds', 315_360_000],
    ['plan', 'x'.repeat(200)],
    ['recovery', undefined],
    ['recovery', { ...recovery, onPermanentFailure: 'compensate', holdSeconds: 0, skippable: [] }],
    ['retry', { ...retry, maximumAttempts: 1, backoffCoefficient: 1 }],
  ])('but %s may be %j', async (name, value) => {
    expect(await ended(temporal.begin({ [name]: value }))).toBe('completed');
  });
});

describe('what the Web UI shows', () => {
  const details = async (run: Run): Promise<string> =>
    ((await run.query('__temporal_workflow_metadata')) as { currentDetails: string }).currentDetails;

  test('of a run on hold: its steps, its failure, and the possible decisions until the deadline', async () => {
    fails('setUpIntegrations', permanent('PaymentMethodDeclined'));
    const run = temporal.begin({ recovery: { onPermanentFailure: 'hold', holdSeconds: 3600, skippable: [] } });
    await untilRecorded('on_hold');
    await pass(100);
    const { holdUntil } = await progressOf(run);
    expect((await details(run)).split('\n')).toEqual([
      ...['**on_hold** – 7 of 10 steps', '', '| # | step | state |', '|---|---|---|'],
      '| 1 | Validate the order | ✔ done |',
      '| 2 | Reserve name, keys and capacity | ✔ done |',
      '| 3 | Provision the database share | ✔ done |',
      '| 4 | Provision storage and compute | ✔ done |',
      '| 5 | Configure security | ✔ done |',
      '| 6 | Configure the application | ✔ done |',
      '| 7 | Create the organization and its first admin | ✔ done |',
      '| 8 | Set up billing and integrations | ✘ failed |',
      '| 9 | Verify from outside | · pending |',
      '| 10 | Finalize and hand over | · pending |',
      ...['', 'Failure in *integrations*: **PaymentMethodDeclined** – refused for the test'],
      '',
      `An operator decides: **retry**, **amend**, **skip**, **compensate** – without a decision before ${holdUntil} everything is undone.`,
    ]);
    expect(await send(run, 'skip')).toMatch(/does not allow integrations/);
  });

  test('of leftovers: their names, and the possible decisions', async () => {
    fails('createOrganization');
    temporal.activities.concludeCompensation = () => {
      temporal.journal.push('status needs_operator');
      return Promise.resolve({ status: 'needs_operator', leftovers: [LEFTOVER] });
    };
    const run = temporal.begin();
    await untilRecorded('needs_operator');
    await pass(100);
    const lines = (await details(run)).split('\n');
    expect(lines.slice(-6)).toEqual([
      ...['', 'Leftovers an operator must look at:', ''],
      `- \`bucket\` at versity (${REGION}): \`t-x\` – refused`,
      ...['', 'An operator decides: **retry**, **accept**.'],
    ]);
    expect(lines).toContain('| 3 | Provision the database share | ⌫ compensated |');
  });

  test('of a run that waits for approval, and of one that was approved', async () => {
    temporal.activities.validateOrder = () => Promise.resolve({ region: REGION, approvalsRequired: ['x'] });
    const run = temporal.begin();
    await untilRecorded('awaiting_approval');
    await pass(100);
    expect((await details(run)).split('\n').slice(-2)).toEqual(['', 'Approval: **waiting**']);
    run.signal(APPROVAL_SIGNAL, payloadsOf([{ decision: 'approve' }]));
    await temporal.end(run);
    expect((await details(run)).split('\n').slice(-2)).toEqual(['', 'Approval: **approved**']);
  });

  test('of every message that a run handles: its description', async () => {
    const run = temporal.begin();
    await temporal.end(run);
    const { definition } = (await run.query('__temporal_workflow_metadata')) as {
      definition: Record<'queryDefinitions' | 'updateDefinitions', { name: string; description?: string }[]>;
    };
    const described = [...definition.updateDefinitions, ...definition.queryDefinitions]
      .filter(({ name }) => !name.startsWith('__'))
      .map(({ name, description }) => [name, description]);
    expect(Object.fromEntries(described)).toEqual({
      progress: 'Status, steps, approval, failure and leftovers.',
      cancel: 'Stop the run and undo everything; refused after the pivot.',
      retry: 'On hold: try the failed steps again. With leftovers: undo again.',
      amend: 'On hold: try the failed steps again with a corrected order. Through the API only.',
      skip: 'On hold: skip the failed steps, where the template allows it. Needs a reason.',
      compensate: 'On hold: give up and undo everything.',
      accept: 'With leftovers: take over the named ones by hand. Through the API only.',
    });
  });

  test('of a completed run: only its steps', async () => {
    const run = temporal.begin();
    await temporal.end(run);
    const lines = (await details(run)).split('\n');
    expect(lines[0]).toBe('**active** – 10 of 10 steps');
    expect(lines).toHaveLength(14);
  });
});

describe('the search attributes of a run', () => {
  test('are its status, its region as soon as it is known, and its running steps', async () => {
    const run = temporal.begin();
    await temporal.end(run);
    const provisioning = (...step: Step[]) => ({ status: 'provisioning', region: REGION, step });
    expect(indexed(run)).toEqual([
      { status: 'validating', step: ['validate'] },
      provisioning('reserve'),
      provisioning('database', 'storage-and-compute', 'configuration'),
      provisioning('security', 'identity', 'integrations'),
      provisioning('verify'),
      { status: 'active', region: REGION, step: [] },
    ]);
  });

  test('include a step whose undo has failed', async () => {
    fails('createOrganization');
    const { compensateStep } = temporal.activities;
    temporal.activities.compensateStep = (input) =>
      input.step === 'security' ? Promise.reject(permanent()) : compensateStep(input);
    temporal.activities.concludeCompensation = () => {
      temporal.journal.push('status needs_operator');
      return Promise.resolve({ status: 'needs_operator', leftovers: [LEFTOVER] });
    };
    const run = temporal.begin();
    await untilRecorded('needs_operator');
    await pass(100);
    expect(indexed(run).slice(-2)).toEqual([
      { status: 'compensating', region: REGION, step: [] },
      { status: 'needs_operator', region: REGION, step: ['security'] },
    ]);
  });

  test.each<[before: string | null | undefined, after: string | null | undefined, written: (string | null)[]]>([
    [undefined, undefined, []],
    [null, null, []],
    ['eu', 'eu', ['eu']],
    ['eu', undefined, ['eu']],
    ['eu', 'us', ['eu', 'us']],
    ['eu', null, ['eu', null]],
    [null, 'us', ['us']],
  ])(
    'hold the residency %s, and %s after an approval: written only when it changes',
    async (before, after, written) => {
      temporal.activities.validateOrder = () => {
        const again = temporal.journal.includes('status awaiting_approval');
        const residency = again ? after : before;
        return Promise.resolve({
          ...{ region: REGION, approvalsRequired: ['x'] },
          ...(residency === undefined ? {} : { residency }),
        });
      };
      const run = temporal.begin();
      run.signal(APPROVAL_SIGNAL, payloadsOf([{ decision: 'approve' }]));
      expect(await ended(run)).toBe('completed');
      const residencies = indexed(run).filter((fields) => 'residency' in fields);
      expect(residencies).toEqual(written.map((residency) => ({ residency })));
    },
  );
});

describe('the export of audit heads', () => {
  const exporting = (regions: string[]): Run => {
    Object.assign(temporal.activities, { auditRegions: () => Promise.resolve(regions) });
    return temporal.beginOther('exportAuditHeads', 'audit-export');
  };

  test('calls each region’s own worker and adds up the results', async () => {
    temporal.activities.exportAuditHeads = ({ region }) =>
      Promise.resolve(region === REGION ? { exported: 2, discrepancies: 1 } : { exported: 3, discrepancies: 4 });
    const run = exporting([REGION, 'us-east']);
    expect(await ended(run)).toBe('completed');
    expect(resultOf(run)).toEqual({ exported: 5, discrepancies: 5, undone: [] });
    expect(temporal.calls.slice(1).map(({ type, input, taskQueue }) => [type, input, taskQueue])).toEqual(
      expect.arrayContaining([
        ['exportAuditHeads', { region: REGION }, IN_REGION],
        ['exportAuditHeads', { region: 'us-east' }, regionTaskQueue('us-east')],
      ]),
    );
    expect(askedFor(run)).toEqual({
      auditRegions: expect.stringMatching(/^30 - -, .* 5 times$/) as string,
      'Export audit heads': '600 900 20, 1 2 - 3 times',
    });
  });

  test('names the regions that did not answer, in order, and keeps the results of the others', async () => {
    const { exportAuditHeads } = temporal.activities;
    temporal.activities.exportAuditHeads = async (input) => {
      if (input.region === REGION) return exportAuditHeads(input);
      if (input.region === 'ap-south') await temporal.clock.sleep(1_000);
      throw permanent('ProviderUnavailable');
    };
    const run = exporting(['us-east', REGION, 'ap-south']);
    expect(await ended(run)).toBe('completed');
    expect(resultOf(run)).toEqual({ exported: 1, discrepancies: 0, undone: ['ap-south', 'us-east'] });
  });

  test('ends when it is cancelled', async () => {
    const run = exporting([REGION]);
    temporal.activities.exportAuditHeads = async () => {
      run.cancel();
      await temporal.clock.sleep(1_000);
      throw new CancelledFailure('CANCELLED');
    };
    expect(await ended(run)).toBe('cancelled');
  });
});

describe('time-outs and retries of an activity', () => {
  const each = (steps: readonly Step[], how: string, label = ''): Record<string, string> =>
    Object.fromEntries(steps.map((step) => [`${label}${stepRule('provision', step).label}`, how]));
  const FORWARD = '90 4500 20, 1 2 10';

  test('on the way forward', async () => {
    temporal.activities.validateOrder = () => Promise.resolve({ region: REGION, approvalsRequired: [], ownKey: true });
    const run = temporal.begin();
    await temporal.end(run);
    expect(askedFor(run)).toEqual({
      ...each(STEPS.slice(0, 9), FORWARD),
      'Finalize: the pivot': '30 - 20, 0.5 2 30',
      'Activate the subscription': '30 - 20, 0.5 2 30',
      'Welcome the first admin': '90 1209600 20, 2 2 300',
      'requestFirstBackup (local)': expect.any(String) as string,
      'Export audit heads': '60 900 20, 1 2 - 3 times',
    });
  });

  test('during compensation', async () => {
    fails('createOrganization');
    const run = temporal.begin({ compensationSeconds: 77 });
    await temporal.end(run);
    const made = STEPS.slice(1, 8);
    expect(askedFor(run)).toEqual({
      ...each(STEPS.slice(0, 8), FORWARD),
      ...each(made, '90 77 20, 1 2 30', 'Compensate: '),
      'Notify the customer': '90 77 20, 1 2 30',
      'Notify the operators': '90 1209600 20, 2 2 300',
      'recordProgress (local)': expect.any(String) as string,
      'concludeCompensation (local)': expect.stringMatching(/^4 - -, .* 1 times$/) as string,
    });
  });

  test('during an approval with its reminder, and during a registry outage', async () => {
    temporal.activities.validateOrder = () => Promise.resolve({ region: REGION, approvalsRequired: ['x'] });
    const { recordProgress } = temporal.activities;
    temporal.activities.recordProgress = () => {
      temporal.activities.recordProgress = recordProgress;
      return Promise.reject(new Error('the registry is away'));
    };
    const run = temporal.begin();
    await temporal.end(run);
    expect(askedFor(run)).toMatchObject({
      'Ask the approvers': '90 1209600 20, 2 2 300',
      'Remind the approvers': '90 1209600 20, 2 2 300',
      'Record the run’s progress': '30 - 20, 0.5 2 30',
    });
    expect(inputs('recordProgress').map(({ status }) => status)).toEqual([
      ...['awaiting_approval', 'awaiting_approval', 'compensating'],
    ]);
  });
});

describe('during a registry outage', () => {
  const away = (): Error => ApplicationFailure.retryable('the registry is away', 'RegistryUnavailable');

  test.each(['provisionDatabase', 'compensateStep'] as const)(
    '%s begins again when its time has run out',
    async (activity) => {
      if (activity === 'compensateStep') fails('setUpIntegrations');
      const original = temporal.activities[activity] as (input: unknown) => Promise<unknown>;
      const back = temporal.clock.now + (activity === 'compensateStep' ? HOURS / 10 : 1.5 * HOURS);
      Object.assign(temporal.activities, {
        [activity]: (input: unknown) => (temporal.clock.now < back ? Promise.reject(away()) : original(input)),
      });
      expect(await ended(temporal.begin())).toMatch(
        activity === 'compensateStep' ? /^failed: ProviderRefused/ : /^completed/,
      );
      expect(temporal.clock.now).toBeGreaterThan(back);
    },
  );

  test('a record that can never succeed is not retried', async () => {
    fails('setUpIntegrations');
    fails('concludeCompensation', permanent('InternalError'));
    await temporal.end(temporal.begin());
    expect(inputs('concludeCompensation')).toHaveLength(1);
  });
});
