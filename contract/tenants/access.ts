/** How far a tenant may use what it has, from the most to the least. `read-only`: what is there can be read, and nothing can be written. */
export const ACCESSES = ['open', 'read-only', 'closed'] as const;

/** One of {@link ACCESSES}. */
export type Access = (typeof ACCESSES)[number];

/** Why a current API key of a tenant is not valid for now. */
export const CLOSED_REASONS = ['tenant_suspended', 'tenant_leaving'] as const;

/** One of {@link CLOSED_REASONS}. */
export type ClosedReason = (typeof CLOSED_REASONS)[number];

/** What can be changed about a resource after it was made. The ledger keeps it, so it holds no secrets and no personal data. */
export interface Settings {
  /** Other than `open` while the tenant is suspended. */
  access: Access;
  /** Of a tenant's single sign-on: the operation whose connection it has; null or absent while it has none. */
  sso?: string | null;
  /** Of a tenant's route at the edge: the host name that it serves; null or absent while it serves none. */
  domain?: string | null;
}
