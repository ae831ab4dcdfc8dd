import type { Principal } from './auth';
import type { Role } from './roles';

const SEES_OPERATIONS: readonly Role[] = ['tenants:read', 'approvals:decide', 'operations:operate'];
const SEES_TENANTS: readonly Role[] = ['tenants:read', 'operations:operate', 'keys:destroy', 'api-keys:manage'];

/** Whose operations a caller sees: undefined for everybody's, else only the caller's own. What is not seen does not exist: 404, never 403. */
export function operationsSeenBy(principal: Principal): string | undefined {
  return hasAny(principal, SEES_OPERATIONS) ? undefined : principal.id;
}

/** The same for tenants. */
export function tenantsSeenBy(principal: Principal): string | undefined {
  return hasAny(principal, SEES_TENANTS) ? undefined : principal.id;
}

function hasAny({ roles }: Principal, wanted: readonly Role[]): boolean {
  return wanted.some((role) => roles.includes(role));
}
