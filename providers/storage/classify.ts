import { isNativeError } from 'node:util/types';
import type { ApplicationFailure } from '@temporalio/common';
import type { FailureType } from '../../contract/operations/failures';
import { classifyHttp, classifyNetwork, failure, isProvisioningFailure, parseRetryAfter } from '../port/failures';
import { codeOf, headerOf, statusOf } from './errors';

// Codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and
// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
const BY_CODE: Readonly<Record<string, readonly [FailureType, string]>> = {
  SlowDown: ['ProviderThrottled', 'is throttling our requests'],
  Throttling: ['ProviderThrottled', 'is throttling our requests'],
  RequestLimitExceeded: ['ProviderThrottled', 'is throttling our requests'],
  TooManyRequests: ['ProviderThrottled', 'is throttling our requests'],
  ServiceUnavailable: ['ProviderUnavailable', 'is not available'],
  RequestTimeout: ['ProviderUnavailable', 'did not receive the complete request'],
  RequestTimeTooSkewed: ['ProviderUnavailable', 'says that the clocks differ. Check the clock of this machine'],
  OperationAborted: ['ProviderUnavailable', 'is busy with another change of the same bucket'],
  ConditionalRequestConflict: ['ProviderUnavailable', 'is busy with another change of the same object'],
  BucketNotEmpty: ['ProviderUnavailable', 'reports that the bucket was written to while it was being emptied'],
  DeleteConflict: ['ProviderUnavailable', 'reports that the user got another key while it was being removed'],
  ConcurrentModification: ['ProviderUnavailable', 'is busy with another change of the same user'],
  EntityTemporarilyUnmodifiable: ['ProviderUnavailable', 'is busy with another change of the same user'],
  // `find` and `remove` handle these codes themselves. Elsewhere they mean that a new resource is not visible on all servers yet.
  NoSuchBucket: ['ProviderUnavailable', 'does not show the new bucket yet'],
  NoSuchEntity: ['ProviderUnavailable', 'does not show the new user yet'],
  NotFound: ['ProviderUnavailable', 'does not show the new resource yet'],
  XAdminUserNotFound: ['ProviderUnavailable', 'does not show the new user yet'],
  InternalError: ['OutcomeUnknown', 'had an internal error'],
  InternalFailure: ['OutcomeUnknown', 'had an internal error'],
  ServiceFailure: ['OutcomeUnknown', 'had an internal error'],
  AbortError: ['AnswerLost', 'did not answer before the request was abandoned'],
  BucketAlreadyExists: ['ResourceNotOurs', 'has a bucket of this name that belongs to another account'],
  TooManyBuckets: ['CapacityExhausted', 'allows no more buckets. Have the account’s limit raised, or add a region'],
  LimitExceeded: ['CapacityExhausted', 'allows no more users or keys. Have the account’s limit raised'],
  NotImplemented: ['ProviderRefused', 'does not support this operation'],
};

/** Classification of errors from the S3 and IAM clients and the Versity admin client; undefined for any other error. */
export function classifyStorage(error: unknown, what: string): ApplicationFailure | undefined {
  if (isProvisioningFailure(error)) return error;
  if (!isNativeError(error)) return undefined;
  const known = BY_CODE[codeOf(error) ?? error.name] ?? meaningFromMessage(error);
  if (known) return failure(known[0], `${what}: the object store ${known[1]}.`, options(error));
  const network = classifyNetwork(error, what);
  if (network) return network;
  const status = statusOf(error);
  if (status !== undefined) return classifyHttp(status, what, headerOf(error, 'retry-after'), error);
  // A client's error (the SDK marks its own with `$metadata`) with no answer, and with no code that says how far the request got.
  if ('$metadata' in error || error.message === 'fetch failed')
    return failure('AnswerLost', `${what}: no answer from the object store was received.`, options(error));
  return undefined;
}

function meaningFromMessage(error: Error): readonly [FailureType, string] | undefined {
  if (error.name === 'TimeoutError') {
    // The request was never sent, so it had no effect.
    if (/establishing a connection|connect/i.test(error.message) && !('code' in error))
      return ['ProviderUnavailable', 'accepted no connection in time'];
    return ['AnswerLost', 'did not answer in time'];
  }
  // AWS refuses a policy that names an unknown user, and a new user takes a while to be known on all its servers.
  if (error.name === 'MalformedPolicy' && /principal/i.test(error.message))
    return ['ProviderUnavailable', 'does not know the new user yet'];
  return undefined;
}

function options(error: Error): { cause: Error; retryAfterMs?: number } {
  const retryAfterMs = parseRetryAfter(headerOf(error, 'retry-after'));
  return { cause: error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
