import { classifyHttp, failure, isProvisioningFailure, type Classify } from '../../port/failures';
import { CaddyRefused } from './admin';

/**
 * Translates Caddy's answers into failures by status, as for every HTTP provider, except:
 * - 412: another change came first. Retryable.
 * - 404 for a change: Caddy runs without the configuration that has the place for tenants' routes.
 */
export const classifyCaddy: Classify = (error, what) => {
  if (isProvisioningFailure(error)) return error;
  if (error instanceof CaddyRefused) {
    if (error.status === 412)
      return failure('ProviderUnavailable', `${what}: another change of Caddy’s configuration came first (412).`, {
        cause: error,
      });
    if (error.status === 404)
      return failure(
        'ProviderRefused',
        `${what}: Caddy’s configuration has no place for tenants’ routes (404). Load the one that docs/edge.md shows, then retry.`,
        { cause: error },
      );
    return classifyHttp(error.status, what, undefined, error);
  }
  if (error instanceof SyntaxError)
    return failure('OutcomeUnknown', `${what}: the answer is not JSON.`, { cause: error });
  const { name } = (error ?? {}) as { name?: unknown };
  if (name === 'AbortError') return failure('AnswerLost', `${what}: no answer in time.`, { cause: error });
  return undefined;
};
