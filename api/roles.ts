/** What a caller may do. */
export const ROLES = {
  'tenants:order': 'Order tenants; see and cancel one’s own operations.',
  'tenants:read': 'See all operations and tenants, and what the application is configured with.',
  'approvals:decide': 'See all operations; approve or reject what others ordered.',
  'operations:operate':
    'See everything; cancel operations and decide on those that wait for an operator, sweep, make, test and restore backups, reissue credentials, rotate tenants’ keys, accept what was found of audit trails, decode payloads for the Temporal Web UI.',
  'keys:destroy': 'Destroy the key of a tenant, and with it everything that is encrypted under it.',
  'api-keys:manage': 'List, rotate and revoke the API keys of every tenant.',
  'api-keys:verify': 'Have API keys verified: for the application that is called with them.',
} as const;

/** One of {@link ROLES}. */
export type Role = keyof typeof ROLES;

/** Whether a text is one of {@link ROLES}. */
export function isRole(text: string): text is Role {
  return Object.hasOwn(ROLES, text);
}
