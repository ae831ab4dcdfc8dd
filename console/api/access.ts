import type { components } from '../../clients/typescript/generated/api';
import { ROUTE_ROLES } from './route-roles';

/** A role of the API. */
export type Role = components['schemas']['Me']['roles'][number];

/** A route of the API that is not public, by its `operationId`. */
export type RouteName = keyof typeof ROUTE_ROLES;

/** The roles of which a caller of the route needs one. Empty: any signed-in person may call it. */
export function rolesFor(route: RouteName): readonly Role[] {
  return ROUTE_ROLES[route];
}

/** Whether a person with these roles may call the route. The API alone decides about single tenants and operations. */
export function mayCall(roles: readonly Role[], route: RouteName): boolean {
  const needed = rolesFor(route);
  return needed.length === 0 || needed.some((role) => roles.includes(role));
}
