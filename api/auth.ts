import type { IncomingMessage } from 'node:http';
import type { Queryable } from '../registry/database';
import { findValidToken, looksLikeToken } from '../registry/api-tokens';
import { isRole, type Role } from './roles';

/** Who asks. */
export interface Principal {
  /** Stable over the replacement of a token; what operations, decisions and audit entries name. */
  id: string;
  name: string;
  roles: readonly Role[];
}

/** Tells who asks, or undefined when this way of telling does not know. Throws only when it cannot tell, for instance without a database. */
export type Authenticate = (request: IncomingMessage) => Promise<Principal | undefined>;

/** Nobody in particular: who asks on routes that are open to all. */
export const ANONYMOUS: Principal = { id: 'anonymous', name: 'anonymous', roles: [] };

/** Asks each in turn: API tokens today, another way – OIDC – beside them. */
export function firstOf(...ways: Authenticate[]): Authenticate {
  return async (request) => {
    for (const way of ways) {
      const principal = await way(request);
      if (principal) return principal;
    }
    return undefined;
  };
}

/** API tokens of the registry, as `Authorization: Bearer tp_…`. */
export function tokenAuthentication(db: Queryable): Authenticate {
  return (request) => principalOfToken(db, bearer(request));
}

/** The caller a token stands for, or undefined when it is unknown, expired or revoked. */
export async function principalOfToken(db: Queryable, token: string | undefined): Promise<Principal | undefined> {
  if (token === undefined || !looksLikeToken(token)) return undefined;
  const found = await findValidToken(db, token);
  return found && { id: `token:${found.name}`, name: found.name, roles: found.roles.filter(isRole) };
}

function bearer({ headers }: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}
