import { isNativeError } from 'node:util/types';
import type { ApplicationFailure } from '@temporalio/common';
import type { FailureType } from '../../../contract/failures';
import { classifyHttp, classifyNetwork, failure, isProvisioningFailure, parseRetryAfter } from '../../failures';
import { codeOf, headerOf, statusOf } from './errors';

// Codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
const BY_CODE: Readonly<Record<string, readonly [FailureType, string]>> = {
  SlowDown: ['ProviderThrottled', 'asked to slow down'],
  Throttling: ['ProviderThrottled', 'asked to slow down'],
  RequestLimitExceeded: ['ProviderThrottled', 'asked to slow down'],
  TooManyRequests: ['ProviderThrottled', 'asked to slow down'],
  ServiceUnavailable: ['ProviderUnavailable', 'is not available'],
  RequestTimeout: ['ProviderUnavailable', 'did not receive the whole request'],
  RequestTimeTooSkewed: ['ProviderUnavailable', 'says that the clocks differ; check the clock of this machine'],
  OperationAborted: ['ProviderUnavailable', 'is busy with another change of the same bucket'],
  ConditionalRequestConflict: ['ProviderUnavailable', 'is busy with another change of the same object'],
  BucketNotEmpty: ['ProviderUnavailable', 'says that something was written to the bucket while it was emptied'],
  DeleteConflict: ['ProviderUnavailable', 'says that the user got another key while it was removed'],
  ConcurrentModification: ['ProviderUnavailable', 'is busy with another change of the same user'],
  EntityTemporarilyUnmodifiable: ['ProviderUnavailable', 'is busy with another change of the same user'],
  // `find` and `remove` know what these mean; anywhere else the thing was made a moment ago and is not visible everywhere yet.
  NoSuchBucket: ['ProviderUnavailable', 'does not show the new bucket yet'],
  NoSuchEntity: ['ProviderUnavailable', 'does not show the new user yet'],
  NotFound: ['ProviderUnavailable', 'does not show what was just made yet'],
  XAdminUserNotFound: ['ProviderUnavailable', 'does not show the new user yet'],
  InternalError: ['OutcomeUnknown', 'failed inside'],
  InternalFailure: ['OutcomeUnknown', 'failed inside'],
  ServiceFailure: ['OutcomeUnknown', 'failed inside'],
  AbortError: ['AnswerLost', 'was not waited for any longer'],
  BucketAlreadyExists: ['ResourceNotOurs', 'holds a bucket of this name that belongs to somebody else'],
  TooManyBuckets: ['CapacityExhausted', 'allows no more buckets. Have the account’s limit raised, or add a region'],
  LimitExceeded: ['CapacityExhausted', 'allows no more users or keys. Have the account’s limit raised'],
  NotImplemented: ['ProviderRefused', 'does not have this function'],
};

/** Classification of what the S3 and IAM clients and the Versity admin client throw; undefined for errors that are none of theirs. */
export function classifyStorage(error: unknown, what: string): ApplicationFailure | undefined {
  if (isProvisioningFailure(error)) return error;
  if (!isNativeError(error)) return undefined;
  const known = BY_CODE[codeOf(error) ?? error.name] ?? special(error);
  if (known) return failure(known[0], `${what}: the object store ${known[1]}.`, options(error));
  const network = classifyNetwork(error, what);
  if (network) return network;
  const status = statusOf(error);
  if (status !== undefined) return classifyHttp(status, what, headerOf(error, 'retry-after'), error);
  // An error of one of the clients (the SDK marks its own) without an answer, and without a code that would say how far it came.
  if ('$metadata' in error || error.message === 'fetch failed')
    return failure('AnswerLost', `${what}: no answer of the object store was received.`, options(error));
  return undefined;
}

function special(error: Error): readonly [FailureType, string] | undefined {
  if (error.name === 'TimeoutError') {
    // Before the connection stands nothing can have happened.
    if (/establishing a connection|connect/i.test(error.message) && !('code' in error))
      return ['ProviderUnavailable', 'took no connection in time'];
    return ['AnswerLost', 'did not answer in time'];
  }
  // AWS checks that the user a policy names exists, and a new user is not known everywhere at once.
  if (error.name === 'MalformedPolicy' && /principal/i.test(error.message))
    return ['ProviderUnavailable', 'does not know the new user yet'];
  return undefined;
}

function options(error: Error): { cause: Error; retryAfterMs?: number } {
  const retryAfterMs = parseRetryAfter(headerOf(error, 'retry-after'));
  return { cause: error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
