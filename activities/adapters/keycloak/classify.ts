import { NetworkError } from '@keycloak/keycloak-admin-client';
import { classifyHttp, classifyNetwork, failure, isProvisioningFailure, type Classify } from '../../failures';
import { isDatabaseClash } from './answers';

/**
 * What Keycloak's answers mean. By status, as for every HTTP provider, except:
 * - 404: something this call rests on is not there (yet): a sibling was just made, or compensation took it away. May pass.
 * - 400: what was sent is not acceptable; the answer's field and message key say why. Its parameters may quote the order and stay out.
 * - 401 and 403 have already been tried again with a new token: permanent.
 * - a request that was aborted, timed out or answered with nonsense may have been carried out: unknown.
 */
export const classifyKeycloak: Classify = (error, what) => {
  if (isProvisioningFailure(error)) return error;
  if (error instanceof NetworkError) {
    const { status, headers } = error.response;
    if (status === 404)
      return failure('ProviderUnavailable', `${what}: something it needs is not there (404).`, { cause: error });
    if (isDatabaseClash(error))
      return failure('OutcomeUnknown', `${what}: its database did not take it.`, { cause: error });
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
  // How the client says that a 201 came without the new resource's address.
  if (typeof message === 'string' && /^(location header|resourceId) is not found/.test(message))
    return failure('OutcomeUnknown', `${what}: answered without saying what was made.`, { cause: error });
  return undefined;
};

/** Field and message key of a 400, for instance ` (email: error-invalid-email)`; only words that cannot be a customer's. */
function reason(error: NetworkError): string {
  const data = error.responseData as { field?: unknown; error?: unknown; errorMessage?: unknown } | string | undefined;
  if (typeof data !== 'object' || data === null) return '';
  const words = [data.field, data.errorMessage ?? data.error].filter(
    (word): word is string => typeof word === 'string' && /^[A-Za-z][A-Za-z-]{1,60}$/.test(word),
  );
  return words.length === 0 ? '' : ` (${words.join(': ')})`;
}
