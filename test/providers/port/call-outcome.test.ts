import { NetworkError } from '@keycloak/keycloak-admin-client';
import { ApiException } from '@kubernetes/client-node';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { outcomeOfError, outcomeOfStatus } from '../../../providers/port/call-outcome';
import { failure } from '../../../providers/port/failures';

const withCode = (code: string): Error => Object.assign(new Error('no'), { code });
const s3 = (name: string, httpStatusCode: number): Error =>
  new S3ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode }, message: 'no' });

test.each([
  ['AWS asks to slow down', s3('SlowDown', 503), 'throttled'],
  ['a bucket does not exist', s3('NoSuchBucket', 404), 'not-found'],
  ['AWS refuses', s3('AccessDenied', 403), 'refused'],
  [
    'Keycloak has a conflict',
    new NetworkError('no', { response: new Response(null, { status: 409 }), responseData: {} }),
    'refused',
  ],
  ['Kubernetes has a fault', new ApiException(500, 'no', {}, {}), 'error'],
  ['PostgreSQL has too many connections', withCode('53300'), 'throttled'],
  ['PostgreSQL shuts down', withCode('57P01'), 'unreachable'],
  ['a statement is refused', withCode('42501'), 'refused'],
  ['no server listens', withCode('ECONNREFUSED'), 'unreachable'],
  ['fetch finds no server', new TypeError('fetch failed', { cause: withCode('ENOTFOUND') }), 'unreachable'],
  ['a connection breaks', withCode('ECONNRESET'), 'no-answer'],
  ['the time is over', new DOMException('late', 'TimeoutError'), 'no-answer'],
  ['the activity is cancelled', new DOMException('stop', 'AbortError'), 'abandoned'],
  ['a mailbox is full', Object.assign(new Error('452 full'), { code: 'EENVELOPE', responseCode: 452 }), 'error'],
  ['a mailbox does not exist', Object.assign(new Error('550 no'), { code: 'EENVELOPE', responseCode: 550 }), 'refused'],
  ['an adapter already knows', failure('ProviderThrottled', 'slow down'), 'throttled'],
  ['anything else happens', new Error('surprise'), 'unknown'],
  ['something else is thrown', undefined, 'unknown'],
])('when %s, the outcome is right', (_, error, outcome) => expect(outcomeOfError(error)).toBe(outcome));

test.each([
  [200, 'ok'],
  [302, 'ok'],
  [402, 'refused'],
  [404, 'not-found'],
  [429, 'throttled'],
  [503, 'error'],
])('status %i is %s', (status, outcome) => expect(outcomeOfStatus(status)).toBe(outcome));
