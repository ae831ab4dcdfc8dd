import { CancelledFailure, type ApplicationFailure } from '@temporalio/common';
import { failure } from '../../providers/port/failures';
import { withJitter, type Attempt } from '../../worker/jitter';

const POLICY = { initialInterval: 1_000, backoffCoefficient: 2, maximumInterval: 10_000, maximumAttempts: 9 };
const on = (attempt: number, more: Partial<Attempt> = {}): Attempt => ({
  attempt,
  retryPolicy: POLICY,
  isLocal: false,
  ...more,
});
const delayOf = (error: unknown): unknown => (error as ApplicationFailure).nextRetryDelay;
const unavailable = (): ApplicationFailure => failure('ProviderUnavailable', 'x: no connection.');

/** A mulberry32 generator: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test.each([
  [1, 1_000],
  [2, 2_000],
  [3, 4_000],
  [4, 8_000],
  [5, 10_000],
  [500, 10_000],
])('after attempt %i the wait is between half and all of %i ms', (attempt, policy) => {
  expect(delayOf(withJitter(unavailable(), on(attempt), () => 0))).toBe(policy / 2);
  expect(delayOf(withJitter(unavailable(), on(attempt), () => 1))).toBe(policy);
});

test('runs that fail together do not retry together', () => {
  const random = seeded(4);
  const delays = Array.from({ length: 100 }, () => Number(delayOf(withJitter(unavailable(), on(3), random))));
  expect(new Set(delays).size).toBeGreaterThan(90);
  for (const delay of delays) expect(delay).toBeGreaterThanOrEqual(2_000);
  for (const delay of delays) expect(delay).toBeLessThanOrEqual(4_000);
});

test('an empty policy means Temporal’s defaults', () => {
  expect(delayOf(withJitter(unavailable(), on(3, { retryPolicy: {} }), () => 1))).toBe(4_000);
  expect(delayOf(withJitter(unavailable(), on(99, { retryPolicy: {} }), () => 1))).toBe(100_000);
});

test('the failure is unchanged except for its delay', () => {
  const cause = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
  const before = failure('ProviderUnavailable', 'x: no connection.', { cause, pointer: '/region' });
  const { type, message, details, stack } = before;
  const after = withJitter(before, on(1));
  expect(after).toMatchObject({ type, message, details, stack, nonRetryable: false });
  expect((after as Error).cause).toBe(before.cause);
  const stranger = withJitter(new RangeError('no'), on(1), () => 1);
  expect(stranger).toMatchObject({ type: 'RangeError', message: 'no', nonRetryable: false, nextRetryDelay: 1_000 });
});

test.each([
  ['a failure that is not retried', failure('ProviderRefused', 'no'), on(1)],
  ['a cancellation', new CancelledFailure('x'), on(1)],
  ['a failure that names its own delay', failure('ProviderThrottled', 'x', { retryAfterMs: 7_000 }), on(1)],
  ['a failure of a local activity', unavailable(), on(1, { isLocal: true })],
  ['a failure under a server that sends no policy', unavailable(), { attempt: 1, isLocal: false }],
])('%s is unchanged', (_, error, attempt) => {
  expect(withJitter(error, attempt)).toBe(error);
});
