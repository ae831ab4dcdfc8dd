import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { RegistryUnavailable } from '../../../registry/database';
import { failure } from '../../../providers/port/failures';
import { failureOf } from '../../helpers/temporal/workflow-runs';
import { permanent } from '../../helpers/temporal/journal';
import { resetHarness, startHarness, type Harness } from '../../helpers/temporal/workflow-harness';

/** Back-off is skipped, so attempts measure an outage: they are at most 30 s apart, so 15 minutes take at least 30 of them. */
const LONGER_THAN_ANY_ATTEMPTS = 20;

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
}, 120_000);
afterAll(async () => harness.stop());
beforeEach(() => resetHarness(harness));

const refused = (address = '127.0.0.1:5432'): Error =>
  Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED' });

/** Makes an activity fail with these errors, one per attempt, before it behaves as it did. */
function failing(name: keyof Harness['activities'], failures: Error[]): void {
  const original = harness.activities[name] as (input: never) => Promise<never>;
  Object.assign(harness.activities, {
    [name]: (input: never) => (failures.length > 0 ? Promise.reject(failures.shift()!) : original(input)),
  });
}

/** Duration by the server's clock, which skips time. */
async function secondsTaken(run: WorkflowHandle): Promise<number> {
  const events = (await run.fetchHistory()).events!;
  const [first, last] = [events[0]!, events.at(-1)!].map(({ eventTime }) => Number(eventTime!.seconds));
  return last! - first!;
}

const times = (count: number, make: () => Error): Error[] => Array.from({ length: count }, make);

const FORWARD = [
  ['validate', 'validateOrder'],
  ['reserve', 'reserveResources'],
  ['database', 'provisionDatabase'],
  ['storage-and-compute', 'provisionStorageAndCompute'],
  ['security', 'configureSecurity'],
  ['configuration', 'configureApplication'],
  ['identity', 'createOrganization'],
  ['integrations', 'setUpIntegrations'],
  ['verify', 'verifyRegion'],
  ['finalize', 'activateTenant'],
] as const;

describe('a provider outage', () => {
  test.each(FORWARD)('during %s only delays the run', async (_, activity) => {
    failing(
      activity,
      times(LONGER_THAN_ANY_ATTEMPTS, () => failure('ProviderUnavailable', 'no connection.')),
    );
    await expect((await harness.start()).result()).resolves.toMatchObject({ status: 'active' });
  });

  test.each(['ProviderThrottled', 'AnswerLost'] as const)(
    'reported as %s only delays the run as well',
    async (type) => {
      failing(
        'provisionDatabase',
        times(LONGER_THAN_ANY_ATTEMPTS, () => failure(type, 'not now.')),
      );
      await expect((await harness.start()).result()).resolves.toMatchObject({ status: 'active' });
    },
  );

  test('between error answers uses up none of the attempts', async () => {
    const answer = (): Error => failure('OutcomeUnknown', 'answered 500.');
    const silence = times(5, () => failure('AnswerLost', 'no answer in time.'));
    failing('createOrganization', [answer(), ...silence, answer(), ...silence]);
    await expect((await harness.start()).result()).resolves.toMatchObject({ status: 'active' });

    const answers = [answer(), ...silence, answer(), ...silence, answer()];
    failing('createOrganization', answers);
    await expect(failureOf(await harness.start())).resolves.toMatchObject({ type: 'OutcomeUnknown' });
    expect(answers).toEqual([]);
  });

  test('ends the step after the template’s outage time, with the last failure, and everything is undone', async () => {
    let attempts = 0;
    harness.activities.provisionDatabase = () => {
      attempts++;
      return Promise.reject(failure('ProviderUnavailable', 'schema: no connection.'));
    };
    const run = await harness.start();
    await expect(failureOf(run)).resolves.toEqual({
      type: 'ProviderUnavailable',
      message: 'database: schema: no connection.',
    });
    const minutes = (await secondsTaken(run)) / 60;
    expect(minutes).toBeGreaterThanOrEqual(15);
    expect(minutes).toBeLessThan(18);
    expect(attempts).toBeGreaterThan(LONGER_THAN_ANY_ATTEMPTS);
    expect(harness.journal).toContain('-database');
  });

  test('is tolerated as long as the template says', async () => {
    failing(
      'provisionDatabase',
      times(500, () => failure('ProviderUnavailable', 'no connection.')),
    );
    const retry = { maximumAttempts: 1, initialIntervalSeconds: 1, backoffCoefficient: 2, maximumIntervalSeconds: 10 };
    await expect((await harness.start({ retry: { ...retry, outageSeconds: 7200 } })).result()).resolves.toMatchObject({
      status: 'active',
    });
  });

  test('adds no activity to the history', async () => {
    const events = async (): Promise<number> => {
      const run = await harness.start();
      await run.result();
      const { events: all } = await run.fetchHistory();
      return all!.filter((event) => event.activityTaskScheduledEventAttributes).length;
    };
    const without = await events();
    failing(
      'provisionDatabase',
      times(LONGER_THAN_ANY_ATTEMPTS, () => failure('ProviderUnavailable', 'no.')),
    );
    expect(await events()).toBe(without);
  });
});

describe('a registry outage', () => {
  const away = (): Error => new RegistryUnavailable(refused());

  test.each(FORWARD)('during %s is tolerated longer than a provider outage', async (_, activity) => {
    failing(activity, times(200, away));
    await expect((await harness.start()).result()).resolves.toMatchObject({ status: 'active' });
  });

  test('during an undo is tolerated longer than the undo’s own time limit', async () => {
    harness.activities.configureSecurity = () => Promise.reject(permanent());
    failing('compensateStep', times(120, away));
    const run = await harness.start({ compensationSeconds: 60 });
    expect((await failureOf(run)).type).toBe('ProviderRefused');
    expect(await secondsTaken(run)).toBeGreaterThan(120);
    for (const step of ['database', 'storage-and-compute', 'configuration', 'reserve'])
      expect(harness.journal).toContain(`-${step}`);
    expect(harness.journal).toContain('status failed');
  });

  test.each(['recordProgress', 'concludeCompensation'] as const)(
    'only delays the run’s own records (%s)',
    async (name) => {
      harness.activities.configureSecurity = () => Promise.reject(permanent());
      const failures = times(30, away);
      failing(name, failures);
      expect((await failureOf(await harness.start())).type).toBe('ProviderRefused');
      expect(failures).toEqual([]);
      expect(harness.journal).toContain('status failed');
    },
  );
});

test('an unclassified error counts as a defect: it has as many attempts as an error answer, and its text stays in the worker’s log', async () => {
  let attempts = 0;
  harness.activities.provisionDatabase = () => {
    attempts++;
    return Promise.reject(refused('10.1.2.3:5432'));
  };
  const failed = await failureOf(await harness.start());
  expect(failed).toEqual({
    type: 'InternalError',
    message: 'database: activity provisionDatabase: Error. This is a defect: see the worker’s log for the stack.',
  });
  expect(attempts).toBe(3);
});

test('a failure in the run’s own code exposes none of the error’s text', async () => {
  harness.activities.provisionDatabase = () =>
    Promise.reject(ApplicationFailure.nonRetryable('connect ECONNREFUSED 10.1.2.3:5432', 'Error'));
  expect((await failureOf(await harness.start())).message).not.toContain('10.1.2.3');
});
