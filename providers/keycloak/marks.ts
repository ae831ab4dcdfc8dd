import { failure } from '../port/failures';

/** Attribute on everything that this program makes. */
export const MANAGED_BY_ATTRIBUTE = 'managed-by';
const MANAGED_BY = 'tenant-provisioner';

/** Attribute that holds the id of the owning tenant. */
export const TENANT_ATTRIBUTE = 'tenantId';

/** Attribute on accounts that are disabled because their tenant is closed. It holds the tenant's id. */
export const CLOSED_ATTRIBUTE = 'closedWith';

/** Attribute on the accounts that a customer's own directory has provisioned. It holds the tenant's id. */
export const DIRECTORY_ATTRIBUTE = 'directoryOf';

/** Search expression (`q`) for everything that this program made for tenants. */
export const MANAGED_QUERY = `${MANAGED_BY_ATTRIBUTE}:${MANAGED_BY}`;

type Attributes = Record<string, string[]>;

/** The attributes that mark something as ours and as this tenant's. */
export function marks(tenantId: string): Attributes {
  return { [MANAGED_BY_ATTRIBUTE]: [MANAGED_BY], [TENANT_ATTRIBUTE]: [tenantId] };
}

/** Attributes for what all tenants share (realm, roles, probe). It belongs to no tenant, so it is neither listed nor removed with one. */
export function sharedMarks(): Attributes {
  return { [MANAGED_BY_ATTRIBUTE]: [`${MANAGED_BY}/shared`] };
}

/** Whether something carries the {@link marks} of this tenant. */
export function isOurs(holder: { attributes?: Record<string, unknown> }, tenantId: string): boolean {
  return first(holder.attributes?.[MANAGED_BY_ATTRIBUTE]) === MANAGED_BY && tenantOf(holder) === tenantId;
}

/**
 * Returns `found` if it carries this tenant's marks; throws `ResourceNotOurs` otherwise. Throws `OutcomeUnknown` if nothing was found
 * although Keycloak has just refused to create a second one.
 */
export function assertOurs<T extends { attributes?: Record<string, unknown> }>(
  found: T | undefined,
  tenantId: string,
  what: string,
): T {
  if (!found)
    throw failure('OutcomeUnknown', `Keycloak refused to create ${what} as a duplicate, but does not list it.`);
  if (isOurs(found, tenantId)) return found;
  throw failure(
    'ResourceNotOurs',
    `Keycloak already has ${what}, which does not carry our marks. Find out in Keycloak’s console whose it is.`,
  );
}

/** Whether something carries {@link sharedMarks}. */
export function isShared(holder: { attributes?: Record<string, unknown> }): boolean {
  return first(holder.attributes?.[MANAGED_BY_ATTRIBUTE]) === `${MANAGED_BY}/shared`;
}

/** The tenant id in the marks, or undefined. */
export function tenantOf(holder: { attributes?: Record<string, unknown> }): string | undefined {
  return first(holder.attributes?.[TENANT_ATTRIBUTE]);
}

/** The tenant with which an account was disabled, or undefined. */
export function closedBy(holder: { attributes?: Record<string, unknown> }): string | undefined {
  return first(holder.attributes?.[CLOSED_ATTRIBUTE]);
}

function first(value: unknown): string | undefined {
  const entry: unknown = Array.isArray(value) ? value[0] : value;
  return typeof entry === 'string' ? entry : undefined;
}
