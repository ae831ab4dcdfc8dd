import type { Attempt } from '../../../contract/estimates/attempts';
import { needsPollers, paceOf, type StepInProgress } from '../../../contract/estimates/pace';

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 12, 0, second));

const DURATIONS = Array.from({ length: 100 }, (_, index) => (index + 1) / 10);

function attempt(change: Partial<Attempt> = {}): Attempt {
  return { activityId: '1', attempt: 1, startedAt: at(0), endedAt: null, errorType: null, nextTry: null, ...change };
}

function pace(change: Partial<StepInProgress>) {
  return paceOf({
    since: at(0),
    now: at(3),
    attempts: [attempt()],
    maximumAttempts: 3,
    durations: DURATIONS,
    polled: [],
    ...change,
  });
}

test('a step within the 95th percentile is normal', () => {
  expect(pace({})).toEqual({
    pace: 'normal',
    reason: 'Under way for 3 s; 95 % of 100 earlier runs took at most 9.6 s.',
  });
});

test('a step beyond it is slow', () => {
  expect(pace({ now: at(12) })).toEqual({
    pace: 'slow',
    reason: 'Under way for 12 s; 95 % of 100 earlier runs took at most 9.6 s.',
  });
});

test('with too few earlier runs a step is not called slow', () => {
  expect(pace({ now: at(50), durations: [1, 2] })).toEqual({
    pace: 'normal',
    reason: 'Under way for 50 s; 2 earlier runs are too few to call that fast or slow.',
  });
});

test('a step whose refused attempt waits to be repeated is stuck, with the number of the retry', () => {
  const failed = attempt({ endedAt: at(1), errorType: 'OutcomeUnknown', nextTry: at(11) });
  expect(pace({ attempts: [failed] })).toEqual({
    pace: 'stuck',
    reason: 'Retry 2 of 3 in 8 s; the last attempt failed: A provider may or may not have carried out the request.',
  });
});

test('a step whose provider does not answer says which, where and since when', () => {
  const unanswered = [1, 2].map((number) =>
    attempt({
      attempt: number,
      startedAt: at(number),
      endedAt: at(number),
      errorType: 'ProviderUnavailable',
      errorMessage: 'Database schema of tenant k (PostgreSQL in eu-central): could not connect (ECONNREFUSED).',
      nextTry: at(number + 1),
    }),
  );
  expect(pace({ attempts: unanswered, now: at(2) })).toEqual({
    pace: 'stuck',
    reason:
      'No answer since 2026-01-01 12:00:01 UTC. Database schema of tenant k (PostgreSQL in eu-central): could not connect (ECONNREFUSED). Attempt 3 begins in 1 s.',
  });
});

test('a step whose attempts failed twice stays stuck while the next one is under way', () => {
  const failed = (number: number): Attempt =>
    attempt({ attempt: number, startedAt: at(number), endedAt: at(number), errorType: 'ProviderUnavailable' });
  expect(pace({ attempts: [failed(1), failed(2), attempt({ attempt: 3, startedAt: at(2) })], now: at(7) })).toEqual({
    pace: 'stuck',
    reason: 'Attempt 3 has been under way for 5 s; the one before failed: A provider did not answer.',
  });
});

test('a step that no worker has begun for long is stuck, although a worker has asked for work lately', () => {
  const polled = [{ queue: 'provisioning', last: at(10) }];
  expect(pace({ attempts: [], polled, now: at(10) }).pace).not.toBe('stuck');
  expect(pace({ attempts: [], polled, now: at(20) })).toEqual({
    pace: 'stuck',
    reason: 'Due since 2026-01-01 12:00:00 UTC, and no worker on `provisioning` has begun it.',
  });
});

test('a repeated attempt that is under way makes progress', () => {
  const attempts = [
    attempt({ endedAt: at(1), errorType: 'OutcomeUnknown', nextTry: at(2) }),
    attempt({ attempt: 2, startedAt: at(2) }),
  ];
  expect(pace({ attempts })).toMatchObject({ pace: 'normal' });
});

test('a step is stuck while no worker polls its task queue', () => {
  const polled = [{ queue: 'region.us-east', last: 'never' as const }];
  expect(pace({ attempts: [], polled })).toEqual({ pace: 'stuck', reason: 'No worker on `region.us-east`.' });
  expect(pace({ attempts: [], now: at(200), polled: [{ queue: 'region.us-east', last: at(100) }] })).toEqual({
    pace: 'stuck',
    reason: 'No worker on `region.us-east`; the last one asked for work at 2026-01-01 12:01:40 UTC.',
  });
});

test('a step whose workers are all busy waits for a free one', () => {
  expect(pace({ attempts: [], now: at(5), polled: [{ queue: 'provisioning', last: at(4) }] })).toEqual({
    pace: 'normal',
    reason: 'Waiting for a free worker for 5 s; 95 % of 100 earlier runs took at most 9.6 s.',
  });
});

test('while Temporal does not answer, whether a worker polls is called unknown', () => {
  expect(pace({ attempts: [], now: at(5), polled: [{ queue: 'provisioning', last: 'unknown' }] })).toEqual({
    pace: 'stuck',
    reason:
      'Due since 2026-01-01 12:00:00 UTC; Temporal does not answer, so whether a worker polls `provisioning` is unknown.',
  });
});

test.each<[string, boolean, Attempt[], number]>([
  ['an attempt has just begun', false, [attempt()], 3],
  ['an attempt has been running for longer than a lost worker goes unnoticed', true, [attempt()], 30],
  ['nothing has begun within a moment', true, [], 3],
  ['the step could begin only now', false, [], 1],
  ['a retry is planned', false, [attempt({ endedAt: at(1), errorType: 'AnswerLost', nextTry: at(9) })], 5],
  ['a retry is overdue', true, [attempt({ endedAt: at(1), errorType: 'AnswerLost', nextTry: at(2) })], 5],
])('when %s, asking for pollers is %s', (_when, asked, attempts, second) => {
  expect(needsPollers({ since: at(0), now: at(second), attempts })).toBe(asked);
});

test('a step that a worker began by a clock that is ahead is normal and has taken no time yet', () => {
  const began = attempt({ startedAt: at(50) });
  expect(pace({ since: at(45), now: at(3), attempts: [began] })).toEqual({
    pace: 'normal',
    reason: 'Under way for 0 s; 95 % of 100 earlier runs took at most 9.6 s.',
  });
  expect(needsPollers({ since: at(45), now: at(3), attempts: [began] })).toBe(false);
});

test('an undo that is stuck says until when it is tried; one past that time does not', () => {
  const failed = attempt({ endedAt: at(1), errorType: 'ProviderUnavailable', nextTry: at(9) });
  const reasonAt = (givenUpAt: Date) => pace({ attempts: [failed], maximumAttempts: undefined, givenUpAt }).reason;
  expect(reasonAt(at(50))).toMatch(/ Tried until 2026-01-01 12:00:50 UTC\.$/);
  expect(reasonAt(at(2))).not.toContain('Tried until');
});

test('a step that no worker has begun names the queues that it waits in', () => {
  const polled = [{ queue: 'region.us-east', last: at(19) }];
  expect(pace({ attempts: [], now: at(20), polled }).reason).toBe(
    'Due since 2026-01-01 12:00:00 UTC, and no worker on `region.us-east` has begun it.',
  );
});
