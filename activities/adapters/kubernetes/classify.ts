import { ApiException } from '@kubernetes/client-node';
import { classifyHttp, classifyNetwork, failure, isProvisioningFailure, type Classify } from '../../failures';
import { answerIn } from './answers';

/**
 * What the API server's answers mean. By status, as for every HTTP provider, except:
 * - 404 where one thing rests on another (an object in a namespace just made): the servers do not all see it yet. May pass.
 * - 403 because the namespace is ending: an earlier one of that name is on its way out. Passes.
 * - 403 because a server that has just started, or whose caches lag, does not know a role, an account or the count of a quota yet: passes.
 * - 410: a list was read too slowly; read anew it works.
 * - a request that was aborted, timed out or answered with nonsense may have been carried out: unknown.
 * The server's own message stays out: it names the account we use, which may be somebody's address.
 */
export const classifyKubernetes: Classify = (error, what) => {
  if (isProvisioningFailure(error)) return error;
  if (error instanceof ApiException) return byStatus(error, what);
  const { name, message, code } = error as { name?: unknown; message?: unknown; code?: unknown };
  // node-fetch's AbortError has no code, a timer's has; both mean that nobody waited for the answer.
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
    return failure('OutcomeUnknown', `${what}: answered with something that is not JSON.`, { cause: error });
  return undefined;
};

/**
 * Refusals of a server whose caches lag behind: of its authorizer (`RBAC: clusterrole.rbac.authorization.k8s.io "…" not found`), of its
 * admission of service accounts, and of quotas that nobody has counted yet.
 */
const NOT_KNOWN_YET =
  /RBAC: .*not found|error looking up service account|no service account .* found|status unknown for quota/i;

function byStatus(error: ApiException<unknown>, what: string): ReturnType<Classify> {
  const { reason, causes, message } = answerIn(error);
  const said = /^[A-Za-z]{1,40}$/.test(reason) ? `${error.code} ${reason}` : String(error.code);
  if (error.code === 404 || error.code === 410)
    return failure('ProviderUnavailable', `${what}: something it needs is not there (${said}).`, { cause: error });
  if (error.code === 403 && causes.includes('NamespaceTerminating'))
    return failure('ProviderUnavailable', `${what}: the namespace is still ending.`, { cause: error });
  if (error.code === 403 && NOT_KNOWN_YET.test(message))
    return failure('ProviderUnavailable', `${what}: the server does not know everything about it yet (${said}).`, {
      cause: error,
    });
  if (error.code === 401) {
    const advice = 'Renew the credentials in the kubeconfig.';
    return failure('ProviderRefused', `${what}: the cluster does not know us (${said}). ${advice}`, { cause: error });
  }
  if (error.code === 403) {
    const advice = 'Give the provisioner’s account the rights of activities/adapters/kubernetes/cluster-role.yaml.';
    return failure('ProviderRefused', `${what}: refused (${said}). ${advice}`, { cause: error });
  }
  return classifyHttp(error.code, what, error.headers?.['retry-after'], error);
}
