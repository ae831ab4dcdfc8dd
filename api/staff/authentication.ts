import type { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import type { JWTPayload } from 'jose';
import { bearer, type Authenticate } from '../access/auth';
import { isRole } from '../access/roles';
import type { Cookies } from './cookies';
import type { IdentityProvider } from './identity-provider';
import { personOf, type Claims } from './person';
import { isFromConsole, isSafe } from './same-origin';
import type { StaffSessions } from './sessions';
import type { StaffSettings } from './settings';
import { claimsToBeFrom, verifiedToken } from './verify-token';

/**
 * Authenticates by the console's session cookie. A write that does not certainly come from the console leaves the session unused, and
 * says so in `request.isCrossSite`. The console's own paths, with its pages, ask for no session here.
 */
export function sessionAuthentication(sessions: StaffSessions, cookies: Cookies, publicUrl: string): Authenticate {
  return async (request) => {
    const id = cookies.readSession(request);
    if (id === undefined || request.headers.authorization !== undefined || isConsolePath(request)) return undefined;
    if (!isSafe(request) && !isFromConsole(request, publicUrl)) {
      (request as Partial<Pick<Request, 'isCrossSite'>>).isCrossSite = true;
      return undefined;
    }
    const session = await sessions.use(id);
    return session && { id: session.userId, name: session.name, roles: session.roles.filter(isRole) };
  };
}

/** Authenticates by access tokens of the issuer (RFC 9068) for the configured audience, sent as `Authorization: Bearer <JWT>`. */
export function accessTokenAuthentication(
  provider: Pick<IdentityProvider, 'verification'>,
  settings: StaffSettings & { audience: string },
  now: () => Date,
): Authenticate {
  return async (request) => {
    const token = bearer(request);
    if (token === undefined || !claimsToBeFrom(settings.issuer, token)) return undefined;
    const verified = await verifiedToken(token, await provider.verification(), {
      audience: settings.audience,
      now: now(),
      requiredClaims: ['sub', 'exp', 'iat'],
    });
    if (!verified || !isAccessToken(verified.payload)) return undefined;
    const { id, name, roles } = personOf(verified.payload as Claims, settings);
    return { id, name, roles };
  };
}

/** ID tokens and logout tokens are signed with the same keys, and tokens that are bound to a key are no bearer tokens (RFC 7800). */
function isAccessToken({ nonce, events, cnf, typ, sub }: JWTPayload): boolean {
  const isOther = typeof typ === 'string' && !/^bearer$/i.test(typ);
  return (
    typeof sub === 'string' &&
    sub !== '' &&
    nonce === undefined &&
    events === undefined &&
    cnf === undefined &&
    !isOther
  );
}

function isConsolePath({ url = '' }: IncomingMessage): boolean {
  return /^\/console(?:[/?]|$)/i.test(url);
}
