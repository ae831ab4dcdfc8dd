import { ApplicationFailure, type WorkflowHandle } from '@temporalio/client';
import type { OperatorNotice } from '../../../activities/operations/interface';
import { stepRule, stepsOf } from '../../../contract/operations/kinds';
import { APPROVAL_SIGNAL, CANCEL_UPDATE, PROGRESS_QUERY, type Progress } from '../../../contract/operations/messages';
import type { Step } from '../../../contract/operations/steps';
import { failureOf, gate } from '../../helpers/temporal/workflow-runs';
import { permanent, REGION } from '../../helpers/temporal/journal';
import { resetHarness, startHarness, type Harness } from '../../helpers/temporal/workflow-harness';

const STEPS = stepsOf('provision');

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
}, 120_000);
afterAll(async () => harness.stop());
beforeEach(() => resetHarness(harness));

/**
 * Resolves when a single activity of the run is left. Unlike a real server, the test server fails the workflow task that cancels an
 * activity completing at that very moment, and never recovers.
 */
async function untilOneIsLeft(run: WorkflowHandle): Promise<void> {
  for (;;) {
    const events = (await run.fetchHistory()).events ?? [];
    const begun = events.filter((event) => event.activityTaskScheduledEventAttributes).length;
    const ended = events.filter((event) => event.activityTaskCompletedEventAttributes).length;
    if (begun - ended === 1) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Resolves when the run's history has an event of this kind. */
async function untilEvent(
  run: WorkflowHandle,
  kind: 'timerStartedEventAttributes' | 'activityTaskCancelRequestedEventAttributes',
): Promise<void> {
  for (;;) {
    const { events } = await run.fetchHistory();
    if (events?.some((event) => event[kind])) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const begun = (journal: string[], step: Step): boolean => journal.includes(`+${step}`);
const compensated = (journal: string[]): string[] => journal.filter((entry) => entry.startsWith('-'));

/** Every step must be compensated after all steps that depend on it. */
function expectReverseOrder(order: Step[]): void {
  for (const step of order)
    for (const need of stepRule('provision', step).needs)
      if (order.includes(need)) expect(order.indexOf(step)).toBeLessThan(order.indexOf(need));
}

describe('the forward path', () => {
  test('an order becomes an active tenant, and nothing is compensated', async () => {
    const run = await harness.start();
    await expect(run.result()).resolves.toMatchObject({ status: 'active' });
    expect(compensated(harness.journal)).toEqual([]);
    for (const step of STEPS) expect(harness.journal).toContain(`=${step}`);
  });

  test('a step begins only when everything it needs has finished', async () => {
    await (await harness.start()).result();
    for (const step of STEPS)
      for (const need of stepRule('provision', step).needs)
        expect(harness.journal.indexOf(`=${need}`)).toBeLessThan(harness.journal.indexOf(`+${step}`));
  });

  test('the subscription starts charging and the welcome mail leaves only after the pivot', async () => {
    await (await harness.start()).result();
    const pivot = harness.journal.indexOf('=finalize');
    expect(harness.journal.indexOf('subscription')).toBeGreaterThan(pivot);
    expect(harness.journal.indexOf('welcome')).toBeGreaterThan(pivot);
  });

  test('a transient error answer is retried up to three attempts and then compensated', async () => {
    let attempts = 0;
    harness.activities.createOrganization = () => {
      attempts++;
      return Promise.reject(ApplicationFailure.retryable('answered 500', 'OutcomeUnknown'));
    };
    expect((await failureOf(await harness.start())).type).toBe('OutcomeUnknown');
    expect(attempts).toBe(3);
  });

  test('a failure that passes at the second attempt costs only time', async () => {
    let attempts = 0;
    const original = harness.activities.provisionDatabase;
    harness.activities.provisionDatabase = (input) =>
      ++attempts === 1
        ? Promise.reject(ApplicationFailure.retryable('no answer', 'ProviderUnavailable'))
        : original(input);
    await expect((await harness.start()).result()).resolves.toMatchObject({ status: 'active' });
    expect(attempts).toBe(2);
  });
});

describe('compensation', () => {
  test.each([
    ['validate', 'validateOrder'],
    ['reserve', 'reserveResources'],
    ['database', 'provisionDatabase'],
    ['storage-and-compute', 'provisionStorageAndCompute'],
    ['security', 'configureSecurity'],
    ['configuration', 'configureApplication'],
    ['identity', 'createOrganization'],
    ['integrations', 'setUpIntegrations'],
    ['verify', 'verifyRegion'],
  ] as const)(
    'a permanent failure in %s undoes every step that was begun, in reverse order',
    async (step, activity) => {
      Object.assign(harness.activities, { [activity]: () => Promise.reject(permanent()) });
      const failed = await failureOf(await harness.start());
      expect(failed).toEqual({ type: 'ProviderRefused', message: `${step}: refused for the test` });
      const undone = compensated(harness.journal).map((entry) => entry.slice(1) as Step);
      expect(new Set(undone).size).toBe(undone.length);
      const making = [...STEPS.filter((id) => begun(harness.journal, id)), step].filter(
        (id) => !stepRule('provision', id).leavesNothing,
      );
      for (const begunStep of making) expect(undone).toContain(begunStep);
      expect(undone).toContain('reserve');
      expectReverseOrder(undone);
      expect(harness.journal).toContain('status failed');
    },
  );

  test('a step’s undo is registered before the step begins: a step that fails at once is undone too', async () => {
    harness.activities.provisionDatabase = () => Promise.reject(permanent());
    await failureOf(await harness.start());
    expect(harness.journal).toContain('-database');
  });

  test('compensation waits for a sibling that is still making something', async () => {
    const slow = gate();
    harness.activities.provisionDatabase = () => Promise.reject(permanent());
    harness.activities.provisionStorageAndCompute = async () => {
      await slow.wait();
      harness.journal.push('=storage-and-compute');
    };
    const run = await harness.start();
    await slow.reached;
    expect(compensated(harness.journal)).toEqual([]);
    slow.release();
    await failureOf(run);
    expect(harness.journal.indexOf('=storage-and-compute')).toBeLessThan(
      harness.journal.indexOf('-storage-and-compute'),
    );
  });

  test('a failing undo is retried, and skips no other', async () => {
    let failures = 0;
    const original = harness.activities.compensateStep;
    harness.activities.configureSecurity = () => Promise.reject(permanent());
    harness.activities.compensateStep = (input) =>
      input.step === 'database' && failures++ < 2 ? Promise.reject(new Error('not yet')) : original(input);
    await failureOf(await harness.start());
    expect(failures).toBe(3);
    for (const step of ['database', 'storage-and-compute', 'configuration', 'reserve'])
      expect(harness.journal).toContain(`-${step}`);
  });

  test('an undo that never succeeds leaves the run open, its leftovers listed and the operators notified', async () => {
    const original = harness.activities.compensateStep;
    harness.activities.setUpIntegrations = () => Promise.reject(permanent('PaymentMethodDeclined'));
    harness.activities.compensateStep = (input) =>
      input.step === 'identity' ? Promise.reject(new Error('never')) : original(input);
    const leftover = { kind: 'idp-organization', provider: 'keycloak', region: 'global', id: 'x', lastError: 'never' };
    harness.activities.concludeCompensation = () =>
      Promise.resolve({ status: 'needs_operator', leftovers: [leftover] });
    const told = gate();
    harness.activities.notifyOperators = () => {
      told.release();
      return Promise.resolve();
    };
    const run = await harness.start();
    await harness.env.sleep('10 minutes');
    const progress = await run.query<Progress>(PROGRESS_QUERY);
    expect(progress).toMatchObject({ status: 'needs_operator', leftovers: [leftover] });
    expect(progress.failure).toMatchObject({ type: 'PaymentMethodDeclined', step: 'integrations' });
    expect((await run.describe()).status.name).toBe('RUNNING');
    for (const step of ['database', 'storage-and-compute', 'configuration', 'reserve'])
      expect(harness.journal).toContain(`-${step}`);
    await run.terminate('test over');
  });

  test('a pivot that the registry refuses is compensated', async () => {
    harness.activities.activateTenant = () => Promise.resolve({ answer: 'refused' });
    expect((await failureOf(await harness.start())).type).toBe('StateConflict');
    expect(harness.journal).toContain('-reserve');
  });

  test('a pivot without an answer is retried until it has one', async () => {
    let attempts = 0;
    harness.activities.activateTenant = () =>
      ++attempts < 20 ? Promise.reject(new Error('registry away')) : Promise.resolve({ answer: 'committed' });
    await expect((await harness.start()).result()).resolves.toMatchObject({ status: 'active' });
    expect(compensated(harness.journal)).toEqual([]);
  });

  test('no failure after the pivot removes the tenant', async () => {
    harness.activities.sendWelcome = () => Promise.reject(permanent('InternalError'));
    await expect((await harness.start()).result()).resolves.toMatchObject({ status: 'active' });
    expect(compensated(harness.journal)).toEqual([]);
  });

  test('the hand-over is not given up while the registry is down for an hour', async () => {
    let since: number | undefined;
    harness.activities.sendWelcome = async () => {
      const now = await harness.env.currentTimeMs();
      since ??= now;
      if (now - since < 3_600_000) throw new Error('registry away');
      harness.journal.push('welcome');
    };
    await expect((await harness.start()).result()).resolves.toMatchObject({ status: 'active' });
    expect(harness.journal).toContain('welcome');
  });

  test('the customer is notified before the tenant’s key is destroyed, with as much time as the undo of a step', async () => {
    harness.activities.setUpIntegrations = () => Promise.reject(permanent('PaymentMethodDeclined'));
    let attempts = 0;
    harness.activities.notifyCustomer = async () => {
      attempts += 1;
      if (attempts < 5) throw new Error('mail server away');
      harness.journal.push('customer told');
    };
    await failureOf(await harness.start());
    expect(harness.journal.indexOf('customer told')).toBeGreaterThan(-1);
    expect(harness.journal.indexOf('customer told')).toBeLessThan(harness.journal.indexOf('-reserve'));
  });

  test('a customer who cannot be notified does not block the compensation', async () => {
    harness.activities.setUpIntegrations = () => Promise.reject(permanent('PaymentMethodDeclined'));
    let asked = 0;
    harness.activities.notifyCustomer = async () => {
      asked ||= await harness.env.currentTimeMs();
      throw new Error('mail server away');
    };
    let waited = Infinity;
    const original = harness.activities.compensateStep;
    harness.activities.compensateStep = async (input) => {
      if (input.step === 'reserve') waited = (await harness.env.currentTimeMs()) - asked;
      await original(input);
    };
    await failureOf(await harness.start());
    expect(harness.journal).toContain('-reserve');
    expect(waited).toBeLessThan(90_000);
  });
});

describe('cancel', () => {
  const cancel = (run: WorkflowHandle): Promise<unknown> =>
    run.executeUpdate(CANCEL_UPDATE, { args: [{ requestedBy: 'test' }] });

  test('a run cancelled during provisioning is compensated and ends as cancelled', async () => {
    const hold = gate();
    harness.activities.provisionStorageAndCompute = async () => {
      await hold.wait();
    };
    const run = await harness.start();
    await hold.reached;
    await untilOneIsLeft(run);
    await cancel(run);
    hold.release();
    expect((await failureOf(run)).type).toBe('Cancelled');
    expect(harness.journal).toContain('-storage-and-compute');
    expect(harness.journal).toContain('status cancelled');
    expect(begun(harness.journal, 'verify')).toBe(false);
  });

  test('is refused after the pivot', async () => {
    const hold = gate();
    harness.activities.activateSubscription = async () => {
      await hold.wait();
      return { billing: 'past_due' };
    };
    const run = await harness.start();
    await hold.reached;
    await expect(cancel(run)).rejects.toThrow();
    hold.release();
    await expect(run.result()).resolves.toMatchObject({ status: 'active' });
  });

  test.each(['ProviderRefused', 'InternalError', 'OperationNotFound'])(
    'a subscription that can never be activated (%s) leaves the tenant in place, and the operators are notified',
    async (type) => {
      const told: OperatorNotice[] = [];
      harness.activities.activateSubscription = () => Promise.reject(permanent(type));
      harness.activities.notifyOperators = (notice) => Promise.resolve(void told.push(notice));
      const run = await harness.start();
      await expect(run.result()).resolves.toMatchObject({ status: 'active' });
      expect((await run.query<Progress>(PROGRESS_QUERY)).status).toBe('active');
      expect(told).toMatchObject([{ status: 'active', failure: { type, step: 'finalize' } }]);
      expect(told[0]!.failure.message).toMatch(/not activated.*stays active.*refused for the test/);
      expect(harness.journal).toContain('welcome');
      expect(harness.journal.filter((entry) => entry.startsWith('-'))).toEqual([]);
    },
  );

  test('is refused during compensation and changes nothing', async () => {
    const hold = gate();
    const original = harness.activities.compensateStep;
    harness.activities.configureSecurity = () => Promise.reject(permanent());
    harness.activities.compensateStep = async (input) => {
      if (input.step === 'database') await hold.wait();
      return original(input);
    };
    const run = await harness.start();
    await hold.reached;
    await expect(cancel(run)).rejects.toThrow();
    hold.release();
    expect((await failureOf(run)).type).toBe('ProviderRefused');
    expect(harness.journal).toContain('status failed');
  });

  test('Temporal’s own cancel compensates too', async () => {
    const hold = gate();
    harness.activities.configureApplication = async () => {
      await hold.wait();
    };
    const run = await harness.start();
    await hold.reached;
    await untilOneIsLeft(run);
    await run.cancel();
    await untilEvent(run, 'activityTaskCancelRequestedEventAttributes');
    hold.release();
    await expect(run.result()).rejects.toThrow();
    expect((await run.describe()).status.name).toBe('CANCELLED');
    expect(harness.journal).toContain('-reserve');
    expect(harness.journal).toContain('status cancelled');
  });
});

describe('approval', () => {
  beforeEach(() => {
    harness.activities.validateOrder = ({ step }) => {
      harness.journal.push(`=${step}`);
      return Promise.resolve({ region: REGION, approvalsRequired: ['database.connectionLimit'] });
    };
  });

  test('an approved order continues after capacity was checked again', async () => {
    const run = await harness.start();
    await run.signal(APPROVAL_SIGNAL, { decision: 'approve' });
    await expect(run.result()).resolves.toMatchObject({ status: 'active' });
    expect(harness.journal.filter((entry) => entry === '=validate')).toHaveLength(2);
    expect(harness.journal).toContain('approvers told');
  });

  test('a rejected order ends as rejected, and nothing is made', async () => {
    const run = await harness.start();
    await run.signal(APPROVAL_SIGNAL, { decision: 'reject', comment: 'too many' });
    expect((await failureOf(run)).type).toBe('ApprovalRejected');
    expect(begun(harness.journal, 'reserve')).toBe(false);
    expect(compensated(harness.journal)).toEqual(['-reserve']);
    expect(harness.journal).toContain('status rejected');
  });

  test('an order without a decision ends as rejected at the deadline', async () => {
    const run = await harness.start({ approvalDeadlineSeconds: 72 * 3600 });
    expect((await failureOf(run)).type).toBe('ApprovalExpired');
    expect(harness.journal).toContain('status rejected');
  });

  test('malformed and ignored signals change nothing; the first valid decision wins', async () => {
    const run = await harness.start();
    await run.signal(APPROVAL_SIGNAL, null);
    await run.signal(APPROVAL_SIGNAL, { decision: 'perhaps' });
    await run.signal(APPROVAL_SIGNAL, { decisionId: 'of another operation' });
    await run.signal(APPROVAL_SIGNAL, { decision: 'approve' });
    await run.signal(APPROVAL_SIGNAL, { decision: 'reject' });
    await expect(run.result()).resolves.toMatchObject({ status: 'active' });
  });

  test('a run that waits for an approver can be cancelled', async () => {
    const run = await harness.start();
    // The run has asked the approvers, and its deadline timer is running.
    await untilEvent(run, 'timerStartedEventAttributes');
    await run.executeUpdate(CANCEL_UPDATE, { args: [{ requestedBy: 'test' }] });
    expect((await failureOf(run)).type).toBe('Cancelled');
    expect(harness.journal).toContain('status cancelled');
  });
});
