import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { verifyApiKey, type ValidApiKey, type VerifiedApiKey } from '../../registry/credentials/api-key-verification';
import type { ApiDependencies } from '../dependencies';
import { ApiProblem } from '../http/problems';
import { bearer } from './auth';

/** Below this path tenants' own programs call with the API keys of their tenant. */
export const OFREP_PATH = '/ofrep/v1';

/** Puts what a presented API key turned out to be into the request. The key is in `X-API-Key` or in `Authorization: Bearer`. */
export function identifyApiKey({ pool, apiKeyUse }: Pick<ApiDependencies, 'pool' | 'apiKeyUse'>): RequestHandler {
  return async (request, _response, next) => {
    const key = presentedKey(request);
    if (key !== undefined) request.apiKey = await verifyApiKey(pool, key);
    if (request.apiKey?.valid) apiKeyUse.note(request.apiKey.keyId);
    next();
  };
}

/** The key that a request was admitted by. Throws the problem of a request without a valid one. */
export function requireApiKey(found: VerifiedApiKey | undefined): ValidApiKey {
  if (found?.valid) return found;
  if (found?.reason)
    throw new ApiProblem('tenant-closed', {
      detail:
        found.reason === 'tenant_suspended'
          ? 'The API key is valid again once the tenant is resumed.'
          : 'The tenant is being removed. The API key is valid again only if the removal is called off.',
    });
  throw new ApiProblem('unauthenticated', {
    detail: `${found ? 'The API key is unknown, expired or revoked.' : 'The request carries no API key.'} Send an API key of the tenant: \`Authorization: Bearer ak_…\` or \`X-API-Key: ak_…\`.`,
    headers: { 'www-authenticate': found ? 'Bearer error="invalid_token"' : 'Bearer' },
  });
}

function presentedKey(request: IncomingMessage): string | undefined {
  const header = request.headers['x-api-key'];
  return typeof header === 'string' ? header : bearer(request);
}
