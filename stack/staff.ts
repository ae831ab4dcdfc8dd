import { ROLES, type Role } from '../api/access/roles';

const ALL = Object.keys(ROLES) as Role[];

/** The people of a local product, each the only member of a group of the same name, with the roles of that group. */
export const STAFF = {
  viewer: ['tenants:read'],
  approver: ['approvals:decide', 'tenants:read'],
  operator: ['operations:operate', 'tenants:suspend', 'flags:manage', 'webhooks:manage', 'tenants:read'],
  // Verifying customers' keys and reporting usage are for the application, not for people.
  admin: ALL.filter((role) => role !== 'api-keys:verify' && role !== 'usage:write' && role !== 'alerts:report'),
} as const satisfies Record<string, readonly Role[]>;

/** One of {@link STAFF}. */
export type StaffMember = keyof typeof STAFF;

/** How a person signs in. */
export interface StaffLogin {
  username: string;
  password: string;
}

/** The realm of a local product's people, and its client for the console. */
export interface StaffRealm {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Audience of the access tokens that the client gets. */
  audience: string;
  people: Record<StaffMember, StaffLogin>;
}

/** Lines that say who signs in to the console with which password: a label and a text each. None if there is no realm for them. */
export function signInLines(realm: Pick<StaffRealm, 'people'> | undefined): [string, string][] {
  return Object.values(realm?.people ?? {}).map(({ username, password }): [string, string] => [
    `  ${username}`,
    `password ${password}`,
  ]);
}
