import type { Grants } from '../../contract/events/audience';
import type { Principal } from './auth';
import type { Role } from './roles';

/** Roles that see all operations. */
export const SEES_OPERATIONS: readonly Role[] = [
  'tenants:read',
  'tenants:suspend',
  'tenants:deprovision',
  'legal-hold:manage',
  'approvals:decide',
  'operations:operate',
];
const SEES_TENANTS: readonly Role[] = [
  'tenants:read',
  'tenants:suspend',
  'tenants:deprovision',
  'legal-hold:manage',
  'operations:operate',
  'keys:destroy',
  'api-keys:manage',
  'flags:manage',
];

/** Roles that may ask about operations: those of others, or the caller's own. */
export const READS_OPERATIONS: readonly Role[] = ['tenants:order', ...SEES_OPERATIONS];

/** Roles that may ask about tenants, except those that manage nothing but their keys or flags. */
export const READS_TENANTS: readonly Role[] = [
  'tenants:order',
  ...SEES_TENANTS.filter((role) => !['keys:destroy', 'api-keys:manage', 'flags:manage'].includes(role)),
];

/**
 * Restricts operations to those of the returned owner; undefined means that the caller may see all. An operation outside the restriction is
 * answered 404, never 403, so that its existence stays hidden.
 */
export function operationsSeenBy(principal: Principal): string | undefined {
  return hasAny(principal, SEES_OPERATIONS) ? undefined : principal.id;
}

/** Restricts tenants in the same way as {@link operationsSeenBy} restricts operations. */
export function tenantsSeenBy(principal: Principal): string | undefined {
  return hasAny(principal, SEES_TENANTS) ? undefined : principal.id;
}

/** Restricts webhook endpoints in the same way: operators may look at all of them. */
export function endpointsSeenBy(principal: Principal): string | undefined {
  return hasAny(principal, ['operations:operate']) ? undefined : principal.id;
}

/** The caller's roles that show its webhook endpoints what others have ordered, as far as they show the caller that itself. */
export function grantsOf({ roles }: Principal): Grants {
  const held = (wanted: readonly Role[]): Role[] => wanted.filter((role) => roles.includes(role));
  return { operation: held(SEES_OPERATIONS), tenant: held(SEES_TENANTS), operators: held(['operations:operate']) };
}

function hasAny({ roles }: Principal, wanted: readonly Role[]): boolean {
  return wanted.some((role) => roles.includes(role));
}
