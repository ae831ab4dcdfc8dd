import { FAILURES, type FailureType } from '../../../../contract/operations/failures';
import { classifyStorage } from '../../../../providers/storage/classify';
import { StorageError } from '../../../../providers/storage/errors';
import { failure } from '../../../../providers/port/failures';

const answers: [code: string, status: number, expected: FailureType][] = [
  ['SlowDown', 503, 'ProviderThrottled'],
  ['ThrottlingException', 400, 'ProviderThrottled'],
  ['TooManyRequests', 429, 'ProviderThrottled'],
  ['ServiceUnavailable', 503, 'ProviderUnavailable'],
  ['InternalError', 500, 'OutcomeUnknown'],
  ['SomethingNew', 502, 'AnswerLost'],
  ['MalformedAnswer', 200, 'OutcomeUnknown'],
  ['OperationAborted', 409, 'ProviderUnavailable'],
  ['BucketNotEmpty', 409, 'ProviderUnavailable'],
  ['DeleteConflictException', 409, 'ProviderUnavailable'],
  ['RequestTimeTooSkewed', 403, 'ProviderUnavailable'],
  ['NoSuchBucket', 404, 'ProviderUnavailable'],
  ['NotFound', 404, 'ProviderUnavailable'],
  ['NoSuchEntityException', 404, 'ProviderUnavailable'],
  ['BucketAlreadyExists', 409, 'ResourceNotOurs'],
  ['TooManyBuckets', 400, 'CapacityExhausted'],
  ['LimitExceededException', 409, 'CapacityExhausted'],
  ['NotImplemented', 501, 'ProviderRefused'],
  ['AccessDenied', 403, 'ProviderRefused'],
  ['InvalidAccessKeyId', 403, 'ProviderRefused'],
  ['SignatureDoesNotMatch', 403, 'ProviderRefused'],
  ['InvalidBucketName', 400, 'ProviderRefused'],
];

describe('error answers of the object store', () => {
  test.each(answers)('%s (%i) is %s', (code, status, expected) => {
    const known = classifyStorage(new StorageError(code, status, 'text of the server'), 'bucket of tenant t');
    expect(known).toMatchObject({
      type: expected,
      nonRetryable: ['permanent', 'user-fault'].includes(FAILURES[expected].class),
    });
    expect(known?.message).toMatch(/^bucket of tenant t: /);
  });

  test('a policy with a user that is not known everywhere yet is retried, and any other bad policy is not', () => {
    const early = new StorageError('MalformedPolicy', 400, 'Invalid principal in policy');
    expect(classifyStorage(early, 'x')).toMatchObject({ type: 'ProviderUnavailable' });
    const broken = new StorageError('MalformedPolicy', 400, 'Missing required field Resource');
    expect(classifyStorage(broken, 'x')).toMatchObject({ type: 'ProviderRefused' });
  });

  test('a throttled answer keeps the requested delay', () => {
    const slow = Object.assign(new StorageError('SlowDown', 503, ''), {
      $response: { headers: { 'retry-after': '7' } },
    });
    expect(classifyStorage(slow, 'x')).toMatchObject({ type: 'ProviderThrottled', nextRetryDelay: 7000 });
  });
});

describe('no answer from the object store', () => {
  const error = (name: string, message: string, code?: string): Error =>
    Object.assign(new Error(message), { name }, code === undefined ? {} : { code });

  test.each([
    ['a refused connection', error('Error', 'connect ECONNREFUSED', 'ECONNREFUSED'), 'ProviderUnavailable'],
    ['an unknown host', error('Error', 'getaddrinfo ENOTFOUND', 'ENOTFOUND'), 'ProviderUnavailable'],
    ['a broken connection', error('TimeoutError', 'read ECONNRESET', 'ECONNRESET'), 'AnswerLost'],
    [
      'no connection in time',
      error('TimeoutError', 'Socket timed out without establishing a connection within 3000 ms'),
      'ProviderUnavailable',
    ],
    ['no answer in time', error('TimeoutError', 'Request timed out after 10000 ms'), 'AnswerLost'],
    ['an aborted request', error('AbortError', 'Request aborted'), 'AnswerLost'],
    [
      'fetch without connection',
      new TypeError('fetch failed', { cause: error('Error', '', 'ECONNREFUSED') }),
      'ProviderUnavailable',
    ],
  ])('%s', (_, given, expected) => {
    expect(classifyStorage(given, 'x')).toMatchObject({ type: expected, nonRetryable: false });
  });

  test('a failure of the catalogue is unchanged, and a bug of ours is not attributed to the store', () => {
    const ours = failure('ResourceNotOurs', 'x');
    expect(classifyStorage(ours, 'y')).toBe(ours);
    expect(classifyStorage(new TypeError('undefined is not a function'), 'y')).toBeUndefined();
  });
});
