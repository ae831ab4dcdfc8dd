import { isNativeError } from 'node:util/types';
import type { ApplicationFailure } from '@temporalio/common';
import type { FailureType } from '../../../contract/operations/failures';
import { codeOf, headerOf, statusOf } from '../../aws/errors';
import { classifyHttp, classifyNetwork, failure, isProvisioningFailure, parseRetryAfter } from '../../port/failures';

// Error codes: see each operation at https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html
const BY_CODE: Readonly<Record<string, readonly [FailureType, string]>> = {
  Throttling: ['ProviderThrottled', 'asked to slow down'],
  RequestLimitExceeded: ['ProviderThrottled', 'asked to slow down'],
  DependencyTimeout: ['ProviderUnavailable', 'had an internal timeout'],
  KeyUnavailable: ['ProviderUnavailable', 'cannot access the key material'],
  ServiceUnavailable: ['ProviderUnavailable', 'is not available'],
  // `find` and `remove` handle these codes. Elsewhere they mean that a key created a moment ago is not visible everywhere yet.
  NotFound: ['ProviderUnavailable', 'does not show the new key yet'],
  KMSInvalidState: ['ProviderUnavailable', 'reports that the key is being created or is scheduled for deletion'],
  Disabled: ['ProviderUnavailable', 'reports that the key is disabled'],
  KMSInternal: ['OutcomeUnknown', 'had an internal error'],
  InternalFailure: ['OutcomeUnknown', 'had an internal error'],
  AbortError: ['AnswerLost', 'did not answer in time'],
  LimitExceeded: ['CapacityExhausted', 'allows no more keys. Request a higher limit for the AWS account'],
};

/** Translates errors of the KMS client into failures; undefined for all other errors. */
export function classifyKms(error: unknown, what: string): ApplicationFailure | undefined {
  if (isProvisioningFailure(error)) return error;
  if (!isNativeError(error)) return undefined;
  const known = BY_CODE[codeOf(error) ?? error.name];
  const retryAfterMs = parseRetryAfter(headerOf(error, 'retry-after'));
  const options = { cause: error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  if (known) return failure(known[0], `${what}: key management ${known[1]}.`, options);
  const network = classifyNetwork(error, what);
  if (network) return network;
  const status = statusOf(error);
  if (status !== undefined) return classifyHttp(status, what, headerOf(error, 'retry-after'), error);
  return '$metadata' in error
    ? failure('AnswerLost', `${what}: no answer from key management was received.`, options)
    : undefined;
}
