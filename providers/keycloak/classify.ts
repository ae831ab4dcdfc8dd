import { NetworkError } from '@keycloak/keycloak-admin-client';
import { classifyHttp, classifyNetwork, failure, isProvisioningFailure, type Classify } from '../port/failures';
import { isDatabaseClash } from './answers';

/**
 * Translates Keycloak's answers into failures by status, as for every HTTP provider, except:
 * - 404: something the call depends on does not exist, because it is only just being made or compensation has removed it. Retryable.
 * - 400: the request is invalid; field and message key of the answer say why. Its parameters may quote the order and are left out.
 * - 401 and 403: permanent, because the session has already retried with a new token.
 * - A request that was aborted, timed out or got a malformed answer may have taken effect: unknown.
 */
export const classifyKeycloak: Classify = (error, what) => {
  if (isProvisioningFailure(error)) return error;
  if (error instanceof NetworkError) {
    const { status, headers } = error.response;
    if (status === 404)
      return failure('ProviderUnavailable', `${what}: something it depends on does not exist (404).`, { cause: error });
    if (isDatabaseClash(error))
      return failure('OutcomeUnknown', `${what}: Keycloak’s database did not accept the change.`, { cause: error });
    if (status === 400)
      return failure('ProviderRefused', `${what}: refused with 400${reason(error)}.`, { cause: error });
    return classifyHttp(status, what, headers.get('retry-after'), error);
  }
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown };
  if (name === 'TimeoutError' || name === 'AbortError')
    return failure('AnswerLost', `${what}: no answer in time.`, { cause: error });
  const network = classifyNetwork(error, what);
  if (network) return network;
  if (name === 'TypeError' && (message === 'fetch failed' || message === 'terminated'))
    return failure('AnswerLost', `${what}: the connection broke.`, { cause: error });
  // The client throws this when a 201 lacks the new resource's address.
  if (typeof message === 'string' && /^(location header|resourceId) is not found/.test(message))
    return failure('OutcomeUnknown', `${what}: answered without naming the new resource.`, { cause: error });
  return undefined;
};

/** Field and message key of a 400, such as ` (email: error-invalid-email)`. The pattern lets no customer data through. */
function reason(error: NetworkError): string {
  const data = error.responseData as { field?: unknown; error?: unknown; errorMessage?: unknown } | string | undefined;
  if (typeof data !== 'object' || data === null) return '';
  const words = [data.field, data.errorMessage ?? data.error].filter(
    (word): word is string => typeof word === 'string' && /^[A-Za-z][A-Za-z-]{1,60}$/.test(word),
  );
  return words.length === 0 ? '' : ` (${words.join(': ')})`;
}
