import type { Request, RequestHandler } from 'express';
import { findSsoLinkSession, linkActor, type SsoLinkSession } from '../../registry/identity/sso-links';
import type { ApiDependencies } from '../dependencies';
import { pathPrefix } from '../http/path-prefix';
import { ApiProblem } from '../http/problems';
import { cookieOf } from '../staff/cookies';
import { isFromOwnPage } from '../staff/same-origin';
import type { Principal } from './auth';

/** The cookie with a link's session. */
export const SSO_LINK_COOKIE = 'sso_link';

/** Header of every request that the page behind a link sends, reads included: without it the session is not used. */
const SETUP_HEADER = 'x-sso-setup';

/** Below this path a session of a link can be used; its cookie reaches no other tenant's. */
export const TENANT_PATH = '/v1/tenants/:tenantId';

/** The `Set-Cookie` header that keeps the session of a tenant's link in the browser until the link expires. */
export function sessionCookie(
  publicUrl: string,
  { tenantId, sessionId, expiresAt }: { tenantId: string; sessionId: string; expiresAt: Date },
): string {
  const attributes = [
    `Path=${pathPrefix(publicUrl)}/v1/tenants/${tenantId}`,
    `Expires=${expiresAt.toUTCString()}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(publicUrl.startsWith('https:') ? ['Secure'] : []),
  ];
  return [`${SSO_LINK_COOKIE}=${sessionId}`, ...attributes].join('; ');
}

/** Puts the session of a link to the tenant in the path into the request, if the request certainly comes from the link's page. */
export function identifySsoLink({ pool, publicUrl }: Pick<ApiDependencies, 'pool' | 'publicUrl'>): RequestHandler {
  return async (request, _response, next) => {
    const sessionId = cookieOf(request, SSO_LINK_COOKIE);
    if (sessionId !== undefined && isFromOwnPage(request, publicUrl, SETUP_HEADER)) {
      const session = await findSsoLinkSession(pool, String(request.params['tenantId']), sessionId);
      if (session) request.ssoLink = session;
    }
    next();
  };
}

/** The session that a request was admitted by. Throws the problem of a request without one. */
export function requireSsoLink({ ssoLink }: Request): SsoLinkSession {
  if (ssoLink) return ssoLink;
  throw refusal('The link is not open in this browser, or it has expired or was revoked.');
}

/** The caller that a link stands for. Throws once single sign-on has been connected through it. */
export function callerByLink({ name, status }: SsoLinkSession): Principal {
  if (status === 'completed') throw linkHasEnded();
  return { id: linkActor(name), name, roles: [] };
}

/** The problem of a request with a link that has done its work. */
export function linkHasEnded(): ApiProblem {
  return refusal('Single sign-on was connected through this link, or the link was revoked: it opens nothing any more.');
}

function refusal(why: string): ApiProblem {
  return new ApiProblem('unauthenticated', {
    detail: `${why} Ask for a new link.`,
    headers: { 'www-authenticate': 'Bearer' },
  });
}
