import { failure } from '../../failures';

/** Attribute that says this program made something, and its value. */
export const MANAGED_BY_ATTRIBUTE = 'managed-by';
const MANAGED_BY = 'tenant-provisioner';

/** Attribute that says which tenant something belongs to. */
export const TENANT_ATTRIBUTE = 'tenantId';

/** Search expression (`q`) for everything this program made for tenants. */
export const MANAGED_QUERY = `${MANAGED_BY_ATTRIBUTE}:${MANAGED_BY}`;

type Attributes = Record<string, string[]>;

/** The attributes that make something ours. */
export function marks(tenantId: string): Attributes {
  return { [MANAGED_BY_ATTRIBUTE]: [MANAGED_BY], [TENANT_ATTRIBUTE]: [tenantId] };
}

/** The mark of what all tenants share (realm, roles, the probe): ours, but no tenant's, so neither listed nor removed with one. */
export function sharedMarks(): Attributes {
  return { [MANAGED_BY_ATTRIBUTE]: [`${MANAGED_BY}/shared`] };
}

/** Whether something carries {@link marks} of this very tenant. */
export function isOurs(holder: { attributes?: Record<string, unknown> }, tenantId: string): boolean {
  return first(holder.attributes?.[MANAGED_BY_ATTRIBUTE]) === MANAGED_BY && tenantOf(holder) === tenantId;
}

/**
 * What was looked for, if it is ours. Throws `ResourceNotOurs` for somebody else's, and `OutcomeUnknown` when it is not there though
 * Keycloak just refused to make a second one.
 */
export function assertOurs<T extends { attributes?: Record<string, unknown> }>(
  found: T | undefined,
  tenantId: string,
  what: string,
): T {
  if (!found) throw failure('OutcomeUnknown', `Keycloak would not make ${what}, and does not list it either.`);
  if (isOurs(found, tenantId)) return found;
  throw failure('ResourceNotOurs', `Keycloak already has ${what}, which this program did not make. Look at it there.`);
}

/** Whether something carries {@link sharedMarks}. */
export function isShared(holder: { attributes?: Record<string, unknown> }): boolean {
  return first(holder.attributes?.[MANAGED_BY_ATTRIBUTE]) === `${MANAGED_BY}/shared`;
}

/** The tenant something is marked with, or undefined. */
export function tenantOf(holder: { attributes?: Record<string, unknown> }): string | undefined {
  return first(holder.attributes?.[TENANT_ATTRIBUTE]);
}

function first(value: unknown): string | undefined {
  const entry: unknown = Array.isArray(value) ? value[0] : value;
  return typeof entry === 'string' ? entry : undefined;
}
