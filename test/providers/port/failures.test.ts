import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { classifyHttp, failure, parseRetryAfter, toFailure } from '../../../providers/port/failures';
import { FAILURES, type FailureType } from '../../../contract/operations/failures';

test.each(Object.keys(FAILURES) as FailureType[])('%s is retried exactly if it can pass by itself', (type) => {
  const kind: string = FAILURES[type].class;
  expect(failure(type, 'x').nonRetryable).toBe(kind === 'permanent' || kind === 'user-fault');
});

test.each([
  [400, 'ProviderRefused'],
  [401, 'ProviderRefused'],
  [403, 'ProviderRefused'],
  [404, 'ProviderRefused'],
  [408, 'ProviderUnavailable'],
  [409, 'ProviderUnavailable'],
  [425, 'ProviderUnavailable'],
  [429, 'ProviderThrottled'],
  [500, 'OutcomeUnknown'],
  [502, 'AnswerLost'],
  [503, 'ProviderUnavailable'],
  [504, 'AnswerLost'],
  [204, 'OutcomeUnknown'],
] as const)('HTTP %i is %s', (status, type) => {
  expect(classifyHttp(status, 'x').type).toBe(type);
});

test.each([
  ['ECONNREFUSED', 'ProviderUnavailable'],
  ['ENOTFOUND', 'ProviderUnavailable'],
  ['ECONNRESET', 'AnswerLost'],
  ['ETIMEDOUT', 'AnswerLost'],
  ['EPIPE', 'AnswerLost'],
] as const)('a connection that ends with %s is %s, also as a cause', (code, type) => {
  const error = Object.assign(new Error('x'), { code });
  expect(toFailure(error, 'thing').type).toBe(type);
  expect(toFailure(new TypeError('fetch failed', { cause: error }), 'thing').type).toBe(type);
});

test('Retry-After is honoured in seconds and as a date, within limits', () => {
  expect(classifyHttp(429, 'x', '7').nextRetryDelay).toBe(7_000);
  expect(parseRetryAfter(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50_000);
  expect(parseRetryAfter('99999999')).toBe(3_600_000);
  for (const nonsense of ['', 'soon', '-1', null, undefined]) expect(parseRetryAfter(nonsense)).toBeUndefined();
});

test('a bug of ours is permanent, an unknown error is unknown, and a cancellation passes through', () => {
  expect(toFailure(new TypeError('x is not a function'), 'thing')).toMatchObject({
    type: 'InternalError',
    nonRetryable: true,
  });
  expect(toFailure(new Error('?'), 'thing')).toMatchObject({ type: 'OutcomeUnknown', nonRetryable: false });
  expect(() => toFailure(new CancelledFailure('x'), 'thing')).toThrow(CancelledFailure);
  const known = failure('CapacityExhausted', 'full');
  expect(toFailure(known, 'thing')).toBe(known);
});

test('a failure carries its pointer, and only the name and code of its cause', () => {
  const cause = Object.assign(new Error('password=hunter2 for ada@example.org'), { code: '28P01' });
  const made = failure('ProviderRefused', 'refused', { cause, pointer: '/region' });
  expect(made.details).toEqual([{ pointer: '/region' }]);
  expect(made.cause).toBeInstanceOf(Error);
  expect(JSON.stringify([made, made.cause, made.cause?.message, made.cause?.stack])).not.toMatch(/hunter2|ada@/);
  expect(made).toBeInstanceOf(ApplicationFailure);
});
