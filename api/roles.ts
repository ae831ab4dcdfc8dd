/** What a caller may do. */
export const ROLES = {
  'tenants:order': 'Order tenants; see and cancel one’s own operations.',
  'tenants:read': 'See all operations and tenants, and what the application is configured with.',
  'approvals:decide': 'See all operations; approve or reject what others ordered.',
  'operations:operate':
    'See everything; cancel operations and decide on those that wait for an operator, sweep, make and test backups, reissue credentials, decode payloads for the Temporal Web UI.',
} as const;

/** One of {@link ROLES}. */
export type Role = keyof typeof ROLES;

/** Whether a text is one of {@link ROLES}. */
export function isRole(text: string): text is Role {
  return Object.hasOwn(ROLES, text);
}
