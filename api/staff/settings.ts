import { isRole, ROLES, type Role } from '../access/roles';

/** The roles of each group. */
export type GroupRoles = ReadonlyMap<string, readonly Role[]>;

/** How people sign in. */
export interface StaffSettings {
  /** The OpenID Connect issuer, as its discovery document names it. */
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Separated by spaces. */
  scopes: string;
  groupsClaim: string;
  usernameClaim: string;
  /** Audience of the issuer's access tokens that the API accepts; undefined if it accepts none. */
  audience: string | undefined;
  roles: GroupRoles;
  /** Seconds without a request after which a session ends. */
  idleSeconds: number;
  /** Seconds after which a session ends in any case. */
  absoluteSeconds: number;
  /** Seconds after which the issuer is asked again about an active person. */
  recheckSeconds: number;
}

/** Checks which roles groups have. Throws one error that names every role that does not exist. */
export function groupRoles(configured: Record<string, readonly string[]>): GroupRoles {
  const unknown = Object.entries(configured).flatMap(([group, roles]) =>
    roles.filter((role) => !isRole(role)).map((role) => `${role} of the group ${group}`),
  );
  if (unknown.length > 0)
    throw new Error(
      `STAFF_ROLES has roles that do not exist: ${unknown.join(', ')}. The roles are ${Object.keys(ROLES).join(', ')}.`,
    );
  return new Map(Object.entries(configured).map(([group, roles]) => [group, roles.filter(isRole)]));
}
