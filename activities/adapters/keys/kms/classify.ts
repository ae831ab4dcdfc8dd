import { isNativeError } from 'node:util/types';
import type { ApplicationFailure } from '@temporalio/common';
import type { FailureType } from '../../../../contract/failures';
import { codeOf, headerOf, statusOf } from '../../../aws-errors';
import { classifyHttp, classifyNetwork, failure, isProvisioningFailure, parseRetryAfter } from '../../../failures';

// Codes: the errors of each operation at https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html
const BY_CODE: Readonly<Record<string, readonly [FailureType, string]>> = {
  Throttling: ['ProviderThrottled', 'asked to slow down'],
  RequestLimitExceeded: ['ProviderThrottled', 'asked to slow down'],
  DependencyTimeout: ['ProviderUnavailable', 'timed out inside'],
  KeyUnavailable: ['ProviderUnavailable', 'cannot reach the key’s material'],
  ServiceUnavailable: ['ProviderUnavailable', 'is not available'],
  // `find` and `remove` know what these mean; anywhere else the key was made a moment ago and is not visible everywhere yet.
  NotFound: ['ProviderUnavailable', 'does not show the new key yet'],
  KMSInvalidState: ['ProviderUnavailable', 'says that the key is being made or is on its way out'],
  Disabled: ['ProviderUnavailable', 'says that the key is disabled'],
  KMSInternal: ['OutcomeUnknown', 'failed inside'],
  InternalFailure: ['OutcomeUnknown', 'failed inside'],
  AbortError: ['AnswerLost', 'was not waited for any longer'],
  LimitExceeded: ['CapacityExhausted', 'allows no more keys. Have the account’s limit raised'],
};

/** Classification of what the KMS client throws; undefined for errors that are none of its. */
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
    ? failure('AnswerLost', `${what}: no answer of key management was received.`, options)
    : undefined;
}
