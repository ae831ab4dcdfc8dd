import { ApiException } from '@kubernetes/client-node';
import { classifyHttp, classifyNetwork, failure, isProvisioningFailure, type Classify } from '../port/failures';
import { answerIn } from './answers';

/**
 * Translates the API server's answers into failures by status, as for every HTTP provider, except:
 * - 404 for an object that another one depends on, such as a namespace made a moment ago: not every server sees it yet. Retryable.
 * - 403 because the namespace is terminating: an earlier one of the same name is still being removed. Retryable.
 * - 403 because a server that has just started, or whose caches lag, does not know a role, an account or a quota's count yet. Retryable.
 * - 410: a list was read too slowly. Reading it again works.
 * - A request that was aborted, timed out or got a malformed answer may have taken effect: unknown.
 * The server's own message is left out, because it names our account, which may be a person's address.
 */
export const classifyKubernetes: Classify = (error, what) => {
  if (isProvisioningFailure(error)) return error;
  if (error instanceof ApiException) return byStatus(error, what);
  const { name, message, code } = error as { name?: unknown; message?: unknown; code?: unknown };
  // node-fetch's AbortError has no code and a timer's has one; either way the answer was no longer awaited.
  if (name === 'AbortError' || name === 'TimeoutError')
    return failure('AnswerLost', `${what}: no answer in time.`, { cause: error });
  const network = classifyNetwork(error, what);
  if (network) return network;
  if (typeof code === 'string' && /CERT|^UNABLE_TO_|^ERR_TLS_|^ERR_SSL_/.test(code)) {
    const advice = 'Check the certificate authority in the kubeconfig and the server’s certificate.';
    return failure('ProviderRefused', `${what}: the server is not trusted (${code}). ${advice}`, { cause: error });
  }
  if (code === 'ERR_STREAM_PREMATURE_CLOSE')
    return failure('AnswerLost', `${what}: the connection broke.`, { cause: error });
  if (
    name === 'SyntaxError' ||
    (typeof message === 'string' && /mediaType .* is not supported|No Content-Type defined/.test(message))
  )
    return failure('OutcomeUnknown', `${what}: the answer is not JSON.`, { cause: error });
  return undefined;
};

/**
 * Refusals by a server whose caches lag: from its authorizer (`RBAC: clusterrole.rbac.authorization.k8s.io "…" not found`), from the
 * admission of service accounts, and for quotas that have not been counted yet.
 */
const NOT_KNOWN_YET =
  /RBAC: .*not found|error looking up service account|no service account .* found|status unknown for quota/i;

function byStatus(error: ApiException<unknown>, what: string): ReturnType<Classify> {
  const { reason, causes, message } = answerIn(error);
  const answer = /^[A-Za-z]{1,40}$/.test(reason) ? `${error.code} ${reason}` : String(error.code);
  if (error.code === 404 || error.code === 410)
    return failure('ProviderUnavailable', `${what}: something it depends on does not exist (${answer}).`, {
      cause: error,
    });
  if (error.code === 403 && causes.includes('NamespaceTerminating'))
    return failure('ProviderUnavailable', `${what}: the namespace is still terminating.`, { cause: error });
  if (error.code === 403 && NOT_KNOWN_YET.test(message))
    return failure('ProviderUnavailable', `${what}: the server’s caches lag behind (${answer}).`, {
      cause: error,
    });
  if (error.code === 401) {
    const advice = 'Renew the credentials in the kubeconfig.';
    return failure('ProviderRefused', `${what}: the cluster rejected our credentials (${answer}). ${advice}`, {
      cause: error,
    });
  }
  if (error.code === 403) {
    const advice = 'Give the provisioner’s account the rights in providers/kubernetes/cluster-role.yaml.';
    return failure('ProviderRefused', `${what}: refused (${answer}). ${advice}`, { cause: error });
  }
  return classifyHttp(error.code, what, error.headers?.['retry-after'], error);
}
