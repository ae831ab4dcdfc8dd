import type { Validated } from '../../../activities/operations/interface';
import { CANCEL_UPDATE, type RecoverySettings } from '../../../contract/operations/messages';
import { regionTaskQueue, TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { payloadsOf } from '../../simulation/world/messages';
import type { Run } from '../../simulation/world/temporal/run';
import { VirtualTemporal } from './virtual-temporal';
import { permanent, REGION } from '../../helpers/temporal/journal';
import { gate } from '../../helpers/temporal/workflow-runs';

let temporal: VirtualTemporal;
beforeEach(async () => void (temporal = await VirtualTemporal.create()), 120_000);
afterEach(async () => {
  for (const release of held.splice(0)) release();
  await temporal.dispose();
});

/** Gates that a failing test leaves closed would keep jest from exiting. */
const held: (() => void)[] = [];

/** Lets 100 ms of virtual time pass, so that everything that can happen now does. */
async function aMoment(): Promise<void> {
  const over = temporal.clock.now + 100;
  temporal.clock.after(100, () => {});
  await temporal.until(() => temporal.clock.now >= over);
}

/** Holds an activity from its call until `release`. */
function hold(activity: keyof VirtualTemporal['activities']): { begun: () => Promise<void>; release: () => void } {
  const { wait, release } = gate();
  held.push(release);
  const original = temporal.activities[activity] as (input: unknown) => Promise<unknown>;
  Object.assign(temporal.activities, { [activity]: (input: unknown) => wait().then(() => original(input)) });
  return { begun: () => temporal.until(() => called(activity), `the call of ${activity}`), release };
}

const called = (activity: string): boolean => temporal.calls.some(({ type }) => type === activity);
const compensated = (): string[] => temporal.journal.filter((entry) => entry.startsWith('-'));
const cancel = (run: Run): Promise<unknown> => run.update(CANCEL_UPDATE, payloadsOf([{ requestedBy: 'test' }]));

/** How the run has answered an update so far. */
async function answerOf(update: Promise<unknown>): Promise<string> {
  let answer: string | undefined;
  update.then(
    () => (answer = 'accepted'),
    (error: { cause: Error }) => (answer = error.cause.message),
  );
  await temporal.until(() => answer !== undefined, 'the answer to an update');
  return answer!;
}

describe('the pivot', () => {
  test('cannot be cancelled once it has begun: the run says so and ends as active', async () => {
    const holding = hold('activateTenant');
    const run = temporal.begin();
    await holding.begun();
    expect(await answerOf(cancel(run))).toMatch(/can no longer be cancelled/);
    holding.release();
    expect((await temporal.end(run)).ending).toBe('completed');
    expect(compensated()).toEqual([]);
  });

  test('is not interrupted by Temporal’s own cancel, even if its first answer was lost; nor are the steps that follow', async () => {
    const { activateTenant } = temporal.activities;
    temporal.activities.activateTenant = async (input) => {
      temporal.activities.activateTenant = activateTenant;
      await activateTenant(input);
      throw new Error('committed, but the answer is lost');
    };
    const run = temporal.begin();
    await temporal.until(() => temporal.journal.includes('=finalize'));
    await aMoment();
    run.cancel();
    expect((await temporal.end(run)).ending).toBe('completed');
    expect(compensated()).toEqual([]);
    expect(temporal.journal).toContain('welcome');
  });

  test('does not begin when a cancel arrives together with the last answer of step 9', async () => {
    let answer: Promise<string> | undefined;
    const { verifyGlobal } = temporal.activities;
    temporal.activities.verifyRegion = () => Promise.resolve();
    const run = temporal.begin();
    temporal.activities.verifyGlobal = async (input) => {
      await verifyGlobal(input);
      // The server delivers both with the next workflow task.
      const update = cancel(run);
      answer = update.then(
        () => 'accepted',
        () => 'refused',
      );
    };
    expect((await temporal.end(run)).why).toBe('Cancelled: validate: Cancelled before the tenant became active.');
    expect(await answer).toBe('accepted');
    expect(called('activateTenant')).toBe(false);
    expect(temporal.journal).toContain('-reserve');
    expect(temporal.journal).toContain('status cancelled');
  });
});

describe('step 9', () => {
  const HALVES = [
    ['verifyRegion', 'verifyGlobal'],
    ['verifyGlobal', 'verifyRegion'],
  ] as const;

  test.each(HALVES)('ends only once %s has answered as well: nothing is activated before', async (half) => {
    const holding = hold(half);
    const run = temporal.begin();
    await holding.begun();
    await aMoment();
    expect(called('activateTenant')).toBe(false);
    holding.release();
    expect((await temporal.end(run)).ending).toBe('completed');
  });

  test.each(HALVES)('fails when %s fails, and is undone only once %s has ended', async (failing, other) => {
    const holding = hold(other);
    temporal.activities[failing] = () => Promise.reject(permanent('VerificationFailed'));
    const run = temporal.begin();
    await holding.begun();
    await aMoment();
    expect(compensated()).toEqual([]);
    holding.release();
    expect((await temporal.end(run)).why).toMatch(/^VerificationFailed/);
    expect(compensated()).toContain('-reserve');
  });
});

describe('a key of the tenant’s own', () => {
  const queuesOf = (type: string, step: string): string[] =>
    temporal.calls.filter((call) => call.type === type && call.input['step'] === step).map((call) => call.taskQueue);

  test.each([true, false])(
    '(ordered: %s) is made and undone by the region’s worker, and only if ordered',
    async (ownKey) => {
      const validated: Validated = { region: REGION, approvalsRequired: [], ...(ownKey ? { ownKey } : {}) };
      temporal.activities.validateOrder = () => Promise.resolve(validated);
      temporal.activities.setUpIntegrations = () => Promise.reject(permanent());
      await temporal.end(temporal.begin());
      expect(queuesOf('provisionOwnKey', 'reserve')).toEqual(ownKey ? [regionTaskQueue(REGION)] : []);
      expect(queuesOf('compensateStep', 'reserve')).toEqual([ownKey ? regionTaskQueue(REGION) : TASK_QUEUE]);
      expect(queuesOf('compensateStep', 'integrations')).toEqual([TASK_QUEUE]);
    },
  );

  test('exists before anything that it encrypts is made', async () => {
    temporal.activities.validateOrder = () => Promise.resolve({ region: REGION, approvalsRequired: [], ownKey: true });
    const holding = hold('provisionOwnKey');
    const run = temporal.begin();
    await holding.begun();
    await aMoment();
    expect(called('provisionDatabase') || called('provisionStorageAndCompute')).toBe(false);
    holding.release();
    expect((await temporal.end(run)).ending).toBe('completed');
  });
});

test('the tenant’s key is destroyed only after the customer’s mail is stored, however long that takes', async () => {
  const holding = hold('notifyCustomer');
  temporal.activities.setUpIntegrations = () => Promise.reject(permanent('PaymentMethodDeclined'));
  const run = temporal.begin();
  await holding.begun();
  await aMoment();
  expect(compensated()).toContain('-database');
  expect(compensated()).not.toContain('-reserve');
  holding.release();
  await temporal.end(run);
  expect(temporal.journal.indexOf('customer told')).toBeLessThan(temporal.journal.indexOf('-reserve'));
});

describe('a second operator', () => {
  const HOLDS: RecoverySettings = { onPermanentFailure: 'hold', holdSeconds: 3600, skippable: [] };
  const decide = (run: Run, verb: string): Promise<string> => answerOf(run.update(verb, payloadsOf([{}])));

  test('is refused while the first operator’s decision is being recorded, and told why', async () => {
    const { setUpIntegrations } = temporal.activities;
    temporal.activities.setUpIntegrations = () => Promise.reject(permanent('PaymentMethodDeclined'));
    const run = temporal.begin({ recovery: HOLDS });
    await temporal.until(() => temporal.journal.includes('status on_hold'));
    temporal.activities.setUpIntegrations = setUpIntegrations;
    const holding = hold('takeResolution');
    expect(await decide(run, 'retry')).toBe('accepted');
    await holding.begun();
    expect(await decide(run, 'compensate')).toBe('Another operator has already decided: retry.');
    holding.release();
    expect((await temporal.end(run)).ending).toBe('completed');
    expect(temporal.journal.filter((entry) => entry.startsWith('resolution'))).toEqual(['resolution retry']);
  });

  test('is told the same when both decide in one workflow task', async () => {
    temporal.activities.setUpIntegrations = () => Promise.reject(permanent('PaymentMethodDeclined'));
    const run = temporal.begin({ recovery: HOLDS });
    await temporal.until(() => temporal.journal.includes('status on_hold'));
    const first = run.update('compensate', payloadsOf([{}]));
    expect(await decide(run, 'retry')).toBe('Another operator has already decided: compensate.');
    await first;
    expect((await temporal.end(run)).why).toMatch(/^PaymentMethodDeclined/);
  });
});
