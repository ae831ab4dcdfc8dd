import { NetworkError } from '@keycloak/keycloak-admin-client';
import { classifyKeycloak } from '../../../../providers/keycloak/classify';
import { failure } from '../../../../providers/port/failures';

const WHAT = 'idp-organization t-abc';

function answered(status: number, responseData: unknown = {}, headers: Record<string, string> = {}): NetworkError {
  return new NetworkError('secret@example.com', { response: new Response(null, { status, headers }), responseData });
}

test.each([
  [400, 'ProviderRefused', true],
  [401, 'ProviderRefused', true],
  [403, 'ProviderRefused', true],
  [404, 'ProviderUnavailable', false],
  [408, 'ProviderUnavailable', false],
  [409, 'ProviderUnavailable', false],
  [415, 'ProviderRefused', true],
  [425, 'ProviderUnavailable', false],
  [429, 'ProviderThrottled', false],
  [500, 'OutcomeUnknown', false],
  [502, 'AnswerLost', false],
  [503, 'ProviderUnavailable', false],
  [504, 'AnswerLost', false],
])('an answer of %i is %s', (status, type, nonRetryable) => {
  expect(classifyKeycloak(answered(status), WHAT)).toMatchObject({ type, nonRetryable });
});

test.each([
  ['a time-out', new DOMException('signal timed out', 'TimeoutError')],
  ['an abort', new DOMException('aborted', 'AbortError')],
  ['a reset after sending', Object.assign(new TypeError('fetch failed'), { cause: coded('ECONNRESET') })],
  ['a connection that broke in the body', new TypeError('terminated')],
])('%s loses the answer', (_name, error) => {
  expect(classifyKeycloak(error, WHAT)).toMatchObject({ type: 'AnswerLost', nonRetryable: false });
});

test.each([
  ['a 201 without a Location header', new Error('location header is not found in request: http://x')],
  ['a failed database operation', answered(400, { errorMessage: 'Database operation failed' })],
  [
    'a concurrent assignment of the same roles',
    answered(400, { error: 'invalid_request', error_description: 'Could not add user role mappings!' }),
  ],
])('%s leaves the outcome unknown', (_name, error) => {
  expect(classifyKeycloak(error, WHAT)).toMatchObject({ type: 'OutcomeUnknown', nonRetryable: false });
});

test('a refused connection had no effect and is retryable', () => {
  const error = Object.assign(new TypeError('fetch failed'), { cause: coded('ECONNREFUSED') });
  expect(classifyKeycloak(error, WHAT)).toMatchObject({ type: 'ProviderUnavailable' });
});

test('a 400 reports the member and the reason, and nothing else of the order', () => {
  const data = { field: 'email', errorMessage: 'error-invalid-email', params: ['email', 'ann@example.com'] };
  const classified = classifyKeycloak(answered(400, data), WHAT);
  expect(classified?.message).toBe(`${WHAT}: refused with 400 (email: error-invalid-email).`);
  const quoting = classifyKeycloak(answered(400, { errorMessage: 'ann@example.com is not acceptable' }), WHAT);
  expect(quoting?.message).toBe(`${WHAT}: refused with 400.`);
});

test('no failure carries the answer’s own text, which may quote a person’s address', () => {
  const classified = classifyKeycloak(answered(500), WHAT);
  expect(`${classified?.message} ${String(classified?.cause)}`).not.toContain('@example.com');
});

test('the delay that the server asks for is kept', () => {
  expect(classifyKeycloak(answered(429, {}, { 'retry-after': '7' }), WHAT)).toMatchObject({ nextRetryDelay: 7000 });
});

test('a failure of the catalogue is unchanged, and an unknown error is left to other classifiers', () => {
  const own = failure('ResourceNotOurs', 'x');
  expect(classifyKeycloak(own, WHAT)).toBe(own);
  expect(classifyKeycloak(new RangeError('a defect'), WHAT)).toBeUndefined();
  expect(classifyKeycloak(undefined, WHAT)).toBeUndefined();
});

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}
