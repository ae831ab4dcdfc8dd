import type { IncomingMessage } from 'node:http';
import type { Queryable } from '../../registry/database';
import { findValidToken, looksLikeToken } from '../../registry/credentials/api-tokens';
import { isRole, type Role } from './roles';

/** The caller of a request. */
export interface Principal {
  /**
   * `token:<name>` of a machine, which stays the same when a token is replaced, or `user:<name>` of a person. Operations, decisions and audit
   * entries name the caller by it, so it never is an e-mail address.
   */
  id: string;
  name: string;
  roles: readonly Role[];
}

/** Identifies the caller, or returns undefined for a request it does not recognise. Throws only if it cannot check, as with no database. */
export type Authenticate = (request: IncomingMessage) => Promise<Principal | undefined>;

/** The caller of a public route when the request carries no valid token. */
export const ANONYMOUS: Principal = { id: 'anonymous', name: 'anonymous', roles: [] };

/** Tries each method in order and returns the first caller found. */
export function firstOf(...ways: Authenticate[]): Authenticate {
  return async (request) => {
    for (const way of ways) {
      const principal = await way(request);
      if (principal) return principal;
    }
    return undefined;
  };
}

/** Authenticates by API tokens from the registry, sent as `Authorization: Bearer tp_…`. */
export function tokenAuthentication(db: Queryable): Authenticate {
  return (request) => principalOfToken(db, bearer(request));
}

/** The caller that a token identifies, or undefined if the token is unknown, expired or revoked. */
export async function principalOfToken(db: Queryable, token: string | undefined): Promise<Principal | undefined> {
  if (token === undefined || !looksLikeToken(token)) return undefined;
  const found = await findValidToken(db, token);
  return found && { id: `token:${found.name}`, name: found.name, roles: found.roles.filter(isRole) };
}

/** The credentials of a bearer token request, RFC 6750 §2.1. */
export function bearer({ headers }: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}
